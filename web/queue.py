"""The queue: one order for everybody, views with their counts, and filters that the address keeps."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.categories import catalogue
from navigator.catalogue.directory import programmes_of, services
from navigator.people.actor import Actor
from navigator.people.person import Role
from navigator.problems.outages import offers
from navigator.tickets.counted import FIGURES
from navigator.tickets.inbox import Filters, counts, queue
from navigator.tickets.views import View
from web.bulk import MAY_CHOOSE
from web.deps import Reading, Staff
from web.forms import Form
from web.pages import Link, Show, address

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

OPENED: dict[View, str] = {
    "late": "Late",
    "guards": "Needed for a session soon",
    "my_guards": "Needed for a session soon, mine or nobody’s",
    "calls": "Calls to make",
    "carried": "New and open",
}
"""Views that a number on another page opens."""

EVERYTHING = (Role.NAVIGATOR, Role.MANAGER, Role.CLINICIAN)


class Asked(Filters):
    """The filters, and where in the list the page begins."""

    after: str = ""


@router.get("")
def desk(page: Show, session: Reading, actor: Staff, asked: Annotated[Asked, Query()]) -> Response:
    """The tickets to do, soonest due first."""
    return page("desk/queue.html", **_facts(session, actor, asked))


def _facts(session: Session, actor: Actor, asked: Asked) -> dict[str, Any]:
    own = [service for service in services(session) if service.id in actor.services()]
    programmes = {one.code: one for service in own for one in programmes_of(session, service.id)}
    is_own = not actor.has(*EVERYTHING)
    held = counts(session, actor, asked)
    return {
        "asked": asked,
        "services": {one.id: one for one in own},
        "programmes": programmes.values(),
        "offers": offers(session, actor),
        "found": queue(session, actor, asked, asked.after or None),
        "shown": _shown(asked),
        "is_own": is_own,
        "views": _views(asked, OWN if is_own else VIEWS, held),
        "may_choose": actor.has(*MAY_CHOOSE),
        "kept": asked.model_dump(mode="json", exclude={"after"}, exclude_defaults=True),
        "held": held.get(asked.view),
        "catalogue": catalogue(),
        "form": Form().fill(asked),
    }


def _shown(asked: Asked) -> str:
    """What a list is of that no tab leads to."""
    if asked.figure:
        return FIGURES[asked.figure].label
    narrowed = "Tickets of one navigator" if asked.assignee else "Tickets" if asked.days else ""
    return OPENED.get(asked.view, narrowed)


def _views(asked: Asked, views: Iterable[tuple[View, str]], held: dict[View, int]) -> list[tuple[Link, bool]]:
    kept = asked.model_dump(exclude={"after", "view", "figure", "assignee", "since", "until"})
    return [
        (Link(text, address("/desk", view=view, **kept), held.get(view, 0)), view == asked.view)
        for view, text in views
    ]
