"""One box on every page: find a ticket by its reference, a support code, or words that were said."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from navigator.catalogue.categories import catalogue
from navigator.catalogue.directory import services
from navigator.people.reporter import numbered
from navigator.tickets.respelling import respelt
from navigator.tickets.search import MOST, search
from web.deps import Reading, Staff
from web.pages import Show, see_other

router = APIRouter()

Sought = Annotated[str, Query(max_length=200)]


@router.get("/search")
def found(page: Show, session: Reading, actor: Staff, sought: Sought = "") -> Response:
    """What is found; one ticket that was named is opened at once."""
    found = search(session, actor, sought) if sought.strip() else []
    if len(found) == 1 and numbered(sought) == found[0].ticket.number:
        return see_other(f"/tickets/{found[0].ticket.number}")
    respelling = "" if found else respelt(session, actor, sought)
    found = search(session, actor, respelling) if respelling else found
    names = {service.id: service.name for service in services(session)}
    return page(
        "desk/search.html",
        sought=sought,
        respelling=respelling if found else "",
        found=found,
        most=MOST,
        names=names,
        catalogue=catalogue(),
    )
