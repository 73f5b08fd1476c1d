"""Search: find tickets by reference, contact details, practitioner, or words that were said.

What somebody looks for may be an address, so no URL holds it: the form is posted, the last few searches are
kept in a cookie of their browser for whoever made them, and the page of results has a number.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from itsdangerous import BadData
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.people.actor import Actor
from navigator.tickets.queue.identifiers import CONTACT, MAX_RESULTS
from navigator.tickets.queue.search import SearchResult
from navigator.tickets.queue.spelling import search_with_suggestion
from web.kit import cookies
from web.kit.deps import PathId, ReadingCopy, Router, Staff
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = Router(prefix="/search")

PAGE = "desk/search.html"
LONGEST = 200
MOST_KEPT, LONGEST_COOKIE = 10, 2000


@dataclass(frozen=True)
class FoundPeople:
    """Reports that have the same contact details, or the same practitioner: `field` says which."""

    field: str
    value: str
    results: list[SearchResult]


@router.post("")
def send_search(page: Render, form: ReadForm, actor: Staff) -> Response:
    """Keep in the browser what is looked for, and go to the page of what is found."""
    searches = _searches(page.request, actor)
    nth = max(searches, default=0) + 1
    searches[nth] = form.value("sought")[:LONGEST]
    return _remember(searches, actor, redirect(f"/search/{nth}"))


@router.get("")
def search_form(page: Render, actor: Staff) -> Response:  # noqa: ARG001 - who asks must be staff
    """What can be looked for."""
    return page(PAGE, query="", is_over=False)


@router.get("/{nth}")
def search(page: Render, session: ReadingCopy, actor: Staff, nth: PathId) -> Response:
    """The results of a search that this browser keeps; one ticket that was named is opened at once."""
    query = _searches(page.request, actor).get(nth, "")
    found = _found(session, actor, query)
    if found["opens"]:
        return redirect(f"/tickets/{found['opens']}")
    return page(PAGE, query=query, is_over=not query, **found, catalogue=catalogue())


def _found(session: Session, actor: Actor, query: str) -> dict[str, Any]:
    """The results: the ticket of that number, by people, and by words; and how it was respelt, if it was."""
    results, respelling = search_with_suggestion(session, actor, query)
    by_number = [result for result in results if "number" in result.fields]
    by_words = [result for result in results if not result.fields]
    return {
        "opens": by_number[0].ticket.number if by_number and len(results) == 1 else 0,
        "respelling": respelling,
        "by_number": by_number,
        "people": _people(query.strip(), results),
        "by_words": by_words,
        "shows_service": len({result.ticket.service for result in results}) > 1,
        "may_be_more": len(results) >= MAX_RESULTS,
    }


def _people(query: str, results: list[SearchResult]) -> list[FoundPeople]:
    groups: dict[tuple[str, str], list[SearchResult]] = {}
    for result in results:
        if result.fields and "number" not in result.fields:
            field = result.fields[0] if result.fields[0] in CONTACT else "practitioner"
            groups.setdefault((field, result.person or query), []).append(result)
    return [FoundPeople(field, value, found) for (field, value), found in groups.items()]


def _searches(request: Request, actor: Actor) -> dict[int, str]:
    """The last searches that this browser keeps for an actor, by their numbers."""
    try:
        user_id, texts = cookies.serializer("searches").loads(cookies.read_cookie(request, cookies.SEARCHES))
    except (BadData, ValueError):
        return {}
    return {int(nth): text for nth, text in texts.items()} if user_id == actor.user_id else {}


def _remember(searches: dict[int, str], actor: Actor, response: Response) -> Response:
    """Keep the newest of these searches, as many as a cookie may hold."""
    newest = dict(list(searches.items())[-MOST_KEPT:])
    while len(kept := str(cookies.serializer("searches").dumps([actor.user_id, newest]))) > LONGEST_COOKIE:
        newest.pop(min(newest))
    cookies.set_cookie(response, cookies.SEARCHES, kept)
    return response
