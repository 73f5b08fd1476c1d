"""Search: find a ticket by its reference, a support code, or words that were said."""

from typing import Annotated, Any

from fastapi import Query
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import services
from navigator.fields import Code
from navigator.people.reporter import number_of
from navigator.tickets.queue.search import MAX_RESULTS, SearchResult
from navigator.tickets.queue.spelling import search_with_suggestion
from web.kit.deps import Reading, Router, Staff
from web.kit.templating import Render, redirect

router = Router()

SearchQuery = Annotated[Code, Query(alias="sought")]


@router.get("/search")
def search(page: Render, session: Reading, actor: Staff, query: SearchQuery = "") -> Response:
    """The search results; one ticket that was named is opened at once."""
    results, respelling = search_with_suggestion(session, actor, query)
    if len(results) == 1 and number_of(query) == results[0].ticket.number:
        return redirect(f"/tickets/{results[0].ticket.number}")
    return page("desk/search.html", query=query, respelling=respelling, **_context(session, results))


def _context(session: Session, results: list[SearchResult]) -> dict[str, Any]:
    names = {service.id: service.name for service in services(session)}
    return {"results": results, "limit": MAX_RESULTS, "service_names": names, "catalogue": catalogue()}
