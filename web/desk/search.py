"""Search: find a ticket by its reference, a support code, or words that were said."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.fields import Code
from navigator.people.reporter import number_of
from navigator.tickets.queue.search import MAX_RESULTS
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
    found = {"results": results, "respelling": respelling, "limit": MAX_RESULTS}
    return page("desk/search.html", query=query, found=found, catalogue=catalogue())
