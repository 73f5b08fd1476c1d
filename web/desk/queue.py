"""The ticket queue: one order for everybody, views with counts, filters in the query string, pagination."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import programmes_of, services
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.people.directory import users_with_role
from navigator.people.user import Role
from navigator.problems.outages import suggested_outages
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import QueuePage, count_saved_views, counts, queue
from navigator.tickets.queue.saved_views import TEAM, SavedView, list_views, may_change
from navigator.tickets.queue.views import View
from web.desk import queue_filters, queue_position
from web.desk.bulk import MAY_CHOOSE
from web.desk.reply_drafts import Number
from web.kit.deps import Reading, Router, Staff
from web.kit.forms import Form, ReadForm
from web.kit.templating import Link, PageRenderer, Render, redirect, url

router = Router(prefix="/desk")

VIEWS: tuple[tuple[View, str], ...] = (
    ("all", "To do"),
    ("mine", "Mine"),
    ("unassigned", "Nobody’s"),
    ("today", "Due today"),
    ("waiting", "Waiting"),
    ("snoozed", "Snoozed"),
    ("passed_on", "Passed on"),
    ("handed_over", "Clinical review"),
    ("ended", "Ended"),
)
OWN_VIEWS: tuple[tuple[View, str], ...] = (
    ("all", "Not ended"),
    ("waiting", "Waiting"),
    ("passed_on", "Passed on"),
    ("ended", "Ended"),
)
"""For a practitioner, who sees only what they reported and what their patients did."""


class Tab(NamedTuple):
    """A view as a tab beside the others."""

    link: Link
    is_here: bool
    is_shared: bool = False


@router.get("")
def show_queue(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """The tickets to do, soonest due first."""
    filters = queue_filters.parse(form)
    if filters and not queue_filters.is_canonical(form, filters):
        return redirect(url("/desk", **filters.parameters))
    return queue_page(page, session, actor, form, filters)


@router.get("/after/{number}")
def to_next_ticket(page: Render, session: Reading, actor: Staff, number: Number) -> Response:
    """The ticket that comes next in the view that somebody came from."""
    if next_url := queue_position.next_ticket(page.request, session, actor, number):
        return redirect(next_url)
    return redirect(queue_position.queue_url(page.request, number), "That was the last one in this view.")


def queue_page(
    page: PageRenderer, session: Session, actor: Actor, form: Form, filters: Filters | None
) -> Response:
    """A page of the queue; without valid filters, their errors."""
    response = page("desk/queue.html", **_context(session, actor, form, filters))
    href = url("/desk", **(filters.parameters if filters else {}), after=form.value("after"))
    return queue_position.remember_view(page.request, response, href)


def _context(session: Session, actor: Actor, form: Form, valid: Filters | None) -> dict[str, Any]:
    own, filters = [each for each in services(session) if each.id in actor.services()], valid or Filters()
    names, is_own = _names(session, actor, own), not actor.has(*TEAM)
    saved_views = list_views(session, actor)
    current = next((view for view in saved_views if view.query == filters.query), None)
    tickets = queue(session, actor, filters, form.value("after") or None) if valid else QueuePage((), None)
    views = OWN_VIEWS if is_own else VIEWS
    return {
        "filters": filters,
        "services": {service.id: service for service in own},
        "tickets": tickets.rows,
        "next": url("/desk", **filters.parameters, after=tickets.next_cursor) if tickets.next_cursor else "",
        "chips": queue_filters.filter_chips(filters, names),
        "is_own": is_own,
        "tabs": _tabs(session, actor, filters, views, current is not None),
        "saved_tabs": _saved_tabs(session, actor, saved_views, current),
        "editable_view": current if current and may_change(actor, current) else None,
        "can_save": bool(filters.parameters.keys() - {"view"}) and current is None,
        "share_choices": share_choices(actor, own),
        "suggested_outages": suggested_outages(session, actor),
        "may_choose": actor.has(*MAY_CHOOSE),
        "catalogue": catalogue(),
        "choices": queue_filters.filter_choices(
            filters, names, actor.has(Role.NAVIGATOR, Role.CLINICIAN, Role.PWP)
        ),
        "form": form.fill(filters),
    }


def _names(session: Session, actor: Actor, own: Iterable[Service]) -> queue_filters.Names:
    users = [user for service in own for user in users_with_role(session, service.id, Role.NAVIGATOR)]
    return queue_filters.Names(
        services={service.code: service.name for service in own},
        programmes={each.code: each.name for service in own for each in programmes_of(session, service.id)},
        people={user.id: user.name for user in users} if actor.has(*TEAM) else {},
    )


def share_choices(actor: Actor, own: Iterable[Service]) -> list[tuple[Any, str]]:
    """With whom somebody can share a view."""
    team = actor.services(*TEAM)
    return [("", "Only me"), *((each.id, f"Everybody at {each.name}") for each in own if each.id in team)]


def _tabs(
    session: Session, actor: Actor, filters: Filters, views: Iterable[tuple[View, str]], is_saved: bool
) -> list[Tab]:
    """The tabs of the views that everybody has, under the same filters but for a report's figure and days."""
    shared = filters.model_copy(update={"figure": "", "since": None, "until": None})
    by_view = counts(session, actor, shared)
    return [
        Tab(
            Link(
                text,
                url("/desk", **shared.model_copy(update={"view": view}).parameters),
                by_view.get(view, 0),
            ),
            view == filters.view and not is_saved,
        )
        for view, text in views
    ]


def _saved_tabs(
    session: Session, actor: Actor, views: Iterable[SavedView], current: SavedView | None
) -> list[Tab]:
    by_filters = count_saved_views(session, actor, {filters for view in views if (filters := view.filters)})
    return [
        Tab(
            Link(view.name, f"/desk?{view.query}", by_filters.get(view.filters, 0) if view.filters else 0),
            view is current,
            view.service_id is not None,
        )
        for view in views
    ]
