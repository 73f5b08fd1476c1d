"""The queue: one order for everybody, views with their counts, and filters that the address keeps."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from fastapi import APIRouter
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
from navigator.tickets.queue.queue import QueuePage as Rows
from navigator.tickets.queue.queue import count_saved_views, counts, queue
from navigator.tickets.queue.saved_views import TEAM, SavedView, may_change, saved
from navigator.tickets.queue.views import View
from web.desk import queue_filters, queue_position
from web.desk.bulk import MAY_CHOOSE
from web.desk.reply_drafts import Number
from web.kit.deps import Reading, Staff
from web.kit.forms import Form, ReadForm
from web.kit.templating import Link, PageRenderer, Render, redirect, url

router = APIRouter(prefix="/desk")

VIEWS: tuple[tuple[View, str], ...] = (
    ("all", "To do"),
    ("mine", "Mine"),
    ("unassigned", "Nobody’s"),
    ("today", "Due today"),
    ("waiting", "Waiting"),
    ("snoozed", "Snoozed"),
    ("passed_on", "Passed on"),
    ("handed_over", "Handed over"),
    ("ended", "Ended"),
)
OWN: tuple[tuple[View, str], ...] = (
    ("all", "Not ended"),
    ("waiting", "Waiting"),
    ("passed_on", "Passed on"),
    ("ended", "Ended"),
)
"""For a practitioner, who sees only what they reported and what their patients did."""


class Tab(NamedTuple):
    """A view beside the others."""

    link: Link
    is_here: bool
    is_shared: bool = False


@router.get("")
def desk(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """The tickets to do, soonest due first."""
    asked = queue_filters.parse(form)
    if asked and not queue_filters.is_canonical(form, asked):
        return redirect(url("/desk", **asked.named))
    return queue_page(page, session, actor, form, asked)


@router.get("/after/{number}")
def to_next_ticket(page: Render, session: Reading, actor: Staff, number: Number) -> Response:
    """The ticket that comes next in the view that somebody came from."""
    if following := queue_position.next_ticket(page.request, session, actor, number):
        return redirect(following)
    return redirect(queue_position.queue_url(page.request, number), "That was the last one in this view.")


def queue_page(
    page: PageRenderer, session: Session, actor: Actor, form: Form, asked: Filters | None
) -> Response:
    """A page of the queue; without filters that can be understood, what is wrong with them."""
    here = url("/desk", **(asked.named if asked else {}), after=form.value("after"))
    return queue_position.remember_view(
        page.request, page("desk/queue.html", **_facts(session, actor, form, asked)), here
    )


def _facts(session: Session, actor: Actor, form: Form, read: Filters | None) -> dict[str, Any]:
    own, asked = [one for one in services(session) if one.id in actor.services()], read or Filters()
    names, is_own = _names(session, actor, own), not actor.has(*TEAM)
    kept = saved(session, actor)
    here = next((one for one in kept if one.query == asked.query), None)
    found = queue(session, actor, asked, form.value("after") or None) if read else Rows((), None)
    views = OWN if is_own else VIEWS
    return {
        "asked": asked,
        "services": {one.id: one for one in own},
        "found": found,
        "next": url("/desk", **asked.named, after=found.next) if found.next else "",
        "said": queue_filters.filter_chips(asked, names),
        "is_own": is_own,
        "tabs": _tabs(session, actor, asked, views, here is not None),
        "saved": _saved(session, actor, kept, here),
        "can_change": here if here and may_change(actor, here) else None,
        "can_save": bool(asked.named.keys() - {"view"}) and here is None,
        "share": sharing_choices(actor, own),
        "offers": suggested_outages(session, actor),
        "may_choose": actor.has(*MAY_CHOOSE),
        "catalogue": catalogue(),
        "choices": queue_filters.filter_choices(
            asked, names, actor.has(Role.NAVIGATOR, Role.CLINICIAN, Role.PWP)
        ),
        "form": form.fill(asked),
    }


def _names(session: Session, actor: Actor, own: Iterable[Service]) -> queue_filters.Names:
    people = [one for service in own for one in users_with_role(session, service.id, Role.NAVIGATOR)]
    return queue_filters.Names(
        services={one.code: one.name for one in own},
        programmes={one.code: one.name for service in own for one in programmes_of(session, service.id)},
        people={one.id: one.name for one in people} if actor.has(*TEAM) else {},
    )


def sharing_choices(actor: Actor, own: Iterable[Service]) -> list[tuple[Any, str]]:
    """With whom somebody can share a view."""
    team = actor.services(*TEAM)
    return [("", "Only me"), *((one.id, f"Everybody at {one.name}") for one in own if one.id in team)]


def _tabs(
    session: Session, actor: Actor, asked: Filters, views: Iterable[tuple[View, str]], is_saved: bool
) -> list[Tab]:
    """The views that everybody has, under the same filters; what a number elsewhere opened is let go."""
    kept = asked.model_copy(update={"figure": "", "since": None, "until": None})
    held = counts(session, actor, kept)
    return [
        Tab(
            Link(text, url("/desk", **kept.model_copy(update={"view": view}).named), held.get(view, 0)),
            view == asked.view and not is_saved,
        )
        for view, text in views
    ]


def _saved(session: Session, actor: Actor, kept: Iterable[SavedView], here: SavedView | None) -> list[Tab]:
    held = count_saved_views(session, actor, {filters for one in kept if (filters := one.filters)})
    return [
        Tab(
            Link(one.name, f"/desk?{one.query}", held.get(one.filters, 0) if one.filters else 0),
            one is here,
            one.service_id is not None,
        )
        for one in kept
    ]
