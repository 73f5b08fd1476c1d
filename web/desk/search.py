"""One box on every page: find a ticket by its reference, a support code, or words that were said."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import services
from navigator.people.reporter import number_of
from navigator.tickets.queue.search import MOST, SearchResult
from navigator.tickets.queue.spelling import search_with_suggestion
from web.kit.deps import Reading, Staff
from web.kit.templating import Render, redirect

router = APIRouter()

Sought = Annotated[str, Query(max_length=200)]


@router.get("/search")
def found(page: Render, session: Reading, actor: Staff, sought: Sought = "") -> Response:
    """What is found; one ticket that was named is opened at once."""
    found, respelling = search_with_suggestion(session, actor, sought)
    if len(found) == 1 and number_of(sought) == found[0].ticket.number:
        return redirect(f"/tickets/{found[0].ticket.number}")
    return page("desk/search.html", sought=sought, respelling=respelling, **_facts(session, found))


def _facts(session: Session, found: list[SearchResult]) -> dict[str, Any]:
    names = {service.id: service.name for service in services(session)}
    return {"found": found, "most": MOST, "names": names, "catalogue": catalogue()}
