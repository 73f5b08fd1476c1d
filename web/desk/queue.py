"""The ticket queue: one order for everybody, views with counts, filters in the query string, pagination."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.insight.practitioner_home import patients_of
from navigator.people.actor import Actor
from navigator.people.user import TEAM, Role
from navigator.problems.outages import suggested_outages
from navigator.tickets.queue.counts import Counts, counts
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.names import ColleagueNames, QueueNames, colleague_names, queue_names
from navigator.tickets.queue.queue import QueuePage, queue
from navigator.tickets.queue.saved_views import SavedView, list_views, may_change
from navigator.tickets.queue.views import View
from web.desk import queue_filters, queue_position, queue_preview, queue_rows
from web.desk.bulk import MAY_CHOOSE
from web.desk.reply_drafts import Number
from web.kit.deps import Reading, Router, Staff
from web.kit.forms import Form, ReadForm
from web.kit.navigation import queue_title
from web.kit.templating import Link, PageRenderer, Render, redirect, url

router = Router(prefix="/desk")

VIEWS: tuple[tuple[View, str], ...] = (
    ("needs_answer", "Needs an answer"),
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


@router.get("/filter")
def filter_form(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """What the queue can be filtered by, filled with the filters of a view."""
    filters = queue_filters.parse(form) or Filters()
    return page("desk/queue_filter.html", filters=filters, **_filter_form(session, actor, form, filters))


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
    has_preview = queue_preview.is_on(page.request)
    response = page("desk/queue.html", has_preview=has_preview, **_context(session, actor, form, filters))
    href = url("/desk", **(filters.parameters if filters else {}), after=form.value("after"))
    return queue_position.remember_view(page.request, response, href)


def _context(session: Session, actor: Actor, form: Form, valid: Filters | None) -> dict[str, Any]:
    own, filters = queue_names(session, actor), valid or Filters()
    is_own, names_somebody = not actor.has(*TEAM), filters.assignee or filters.practitioner
    colleagues = colleague_names(session, actor) if names_somebody else ColleagueNames()
    names = _names(actor, own, colleagues)
    saved_views = list_views(session, actor)
    current = next((view for view in saved_views if view.query == filters.query), None)
    after = form.value("after") or None
    outages = suggested_outages(session, actor)
    tickets = queue(session, actor, filters, after) if valid else QueuePage((), None)
    numbers = _counts(session, actor, filters, saved_views)
    return {
        "filters": filters,
        "tickets": tickets,
        "services": {service.id: service for service in own.services},
        "next": url("/desk", **filters.parameters, after=tickets.next_cursor) if tickets.next_cursor else "",
        "range": queue_rows.range_text(session, actor, filters, after, tickets, numbers),
        "mine": queue_rows.mine_link(actor, filters, numbers),
        "sorts": queue_rows.sort_links(filters),
        "chips": queue_filters.filter_chips(filters, names),
        "is_own": is_own,
        "title": queue_title(actor),
        "patients": patients_of(session, actor, [row.number for row in tickets.rows]) if is_own else {},
        "tabs": _tabs(actor, filters, numbers, current),
        "saved_tabs": _saved_tabs(saved_views, numbers, current),
        "editable_view": current if current and may_change(actor, current) else None,
        "can_save": bool(filters.parameters.keys() - {"view"}) and current is None,
        "share_choices": share_choices(actor, own.services),
        "suggested_outages": outages,
        "may_choose": actor.has(*MAY_CHOOSE),
        "catalogue": catalogue(),
        "form": form.fill(filters),
    } | (_filter_form(session, actor, form, filters) if form.errors else {})


def _filter_form(session: Session, actor: Actor, form: Form, filters: Filters) -> dict[str, Any]:
    """The form of filters, which is fetched when somebody asks for it, or shown with its errors."""
    names = _names(actor, queue_names(session, actor), colleague_names(session, actor))
    knows_needs = actor.has(Role.NAVIGATOR, Role.CLINICIAN, Role.PWP)
    return {
        "choices": queue_filters.filter_choices(filters, names, knows_needs),
        "form": form.fill(filters),
        "is_own": not actor.has(*TEAM),
    }


def _names(actor: Actor, own: QueueNames, colleagues: ColleagueNames) -> queue_filters.Names:
    is_team = actor.has(*TEAM)
    return queue_filters.Names(
        services={service.code: service.name for service in own.services},
        programmes={programme.code: programme.name for programme in own.programmes},
        people={user.id: user.name for user in colleagues.navigators} if is_team else {},
        practitioners={user.id: user.name for user in colleagues.practitioners} if is_team else {},
    )


def share_choices(actor: Actor, own: Iterable[Any]) -> list[tuple[Any, str]]:
    """With whom somebody can share a view."""
    team = actor.services(*TEAM)
    return [("", "Only me"), *((each.id, f"Everybody at {each.name}") for each in own if each.id in team)]


def _shared(filters: Filters) -> Filters:
    """What the views that everybody has share with the one that is shown: not a report's figure and days."""
    return filters.model_copy(update={"view": "all", "figure": "", "since": None, "until": None, "sort": ""})


def _counts(session: Session, actor: Actor, filters: Filters, saved_views: Sequence[SavedView]) -> Counts:
    """How much each view holds under these filters, and each saved one; and this list, if no view is it."""
    saved = [view.filters for view in saved_views]
    listed = filters.model_copy(update={"sort": ""})
    is_view = listed == _shared(filters).model_copy(update={"view": filters.view})
    return counts(session, actor, _shared(filters), [*filter(None, saved), *(() if is_view else (listed,))])


def _tabs(actor: Actor, filters: Filters, numbers: Counts, current: SavedView | None) -> list[Tab]:
    """The tabs of the views that everybody has, under the same filters."""
    named = _shared(filters).parameters
    return [
        Tab(
            Link(
                text,
                url("/desk", **({} if view == "all" else {"view": view}), **named),
                numbers.by_view.get(view, 0),
            ),
            view == filters.view and current is None,
        )
        for view, text in (VIEWS if actor.has(*TEAM) else OWN_VIEWS)
    ]


def _saved_tabs(saved_views: Sequence[SavedView], numbers: Counts, current: SavedView | None) -> list[Tab]:
    return [
        Tab(
            Link(
                view.name,
                f"/desk?{view.query}",
                numbers.by_filters.get(view.filters, 0) if view.filters else 0,
            ),
            view is current,
            view.service_id is not None,
        )
        for view in saved_views
    ]
