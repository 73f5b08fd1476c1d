"""The queue: one order for everybody, views with their counts, and filters that the address keeps."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from navigator.catalogue.categories import catalogue
from navigator.catalogue.directory import programmes_of, services
from navigator.tickets.inbox import Filters, View, counts, queue
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
    ("passed_on", "Passed on"),
    ("handed_over", "Handed over"),
)


class Asked(Filters):
    """The filters, and where in the list the page begins."""

    after: str = ""


@router.get("")
def desk(page: Show, session: Reading, actor: Staff, asked: Annotated[Asked, Query()]) -> Response:
    """The tickets to do, soonest due first."""
    own = [service for service in services(session) if service.id in actor.services()]
    programmes = {one.code: one for service in own for one in programmes_of(session, service.id)}
    facts: dict[str, Any] = {"services": {one.id: one for one in own}, "programmes": programmes.values()}
    found, held = queue(session, actor, asked, asked.after or None), counts(session, actor, asked)
    return page(
        "desk/queue.html",
        asked=asked,
        found=found,
        views=_views(asked, held),
        catalogue=catalogue(),
        form=Form().fill(asked),
        **facts,
    )


def _views(asked: Asked, held: dict[View, int]) -> list[tuple[Link, bool]]:
    kept = asked.model_dump(exclude={"after", "view"})
    links = [
        (Link(text, address("/desk", view=view, **kept), held[view]), view == asked.view)
        for view, text in VIEWS
    ]
    return [*links, (Link("Ended", address("/desk", view="ended", **kept)), asked.view == "ended")]
