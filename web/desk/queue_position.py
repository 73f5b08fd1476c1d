"""The way back to the queue, to the view and the row that somebody came from; and on to the next ticket."""

from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import ValidationError
from sqlmodel import Session
from starlette.responses import Response

from navigator.people.actor import Actor
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import place, queue
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find
from web.kit import cookies


def remember(request: Request, response: Response, href: str) -> Response:
    """Keep in this browser where in the queue somebody is, when it is they who opened it and no script."""
    if request.headers.get("sec-fetch-dest", "document") == "document":
        cookies.give(response, cookies.QUEUE, href.partition("?")[2])
    return response


def stand(request: Request, response: Response, ticket: Ticket) -> Response:
    """Keep in this browser where a ticket stood when it was come to, whatever is done to it since."""
    if not _stood(request, ticket.number):
        cookies.give(response, cookies.PLACE, f"{ticket.number}.{place(ticket, _seen(request).view)}")
    return response


def onward(request: Request, session: Session, actor: Actor, number: int) -> str:
    """The address of the ticket that comes next where somebody was last; "" at the end."""
    asked = _seen(request)
    stood = _stood(request, number) or place(find(session, actor, number), asked.view)
    rows = queue(session, actor, asked, stood, limit=1).rows
    return f"/tickets/{rows[0].number}" if rows else ""


def _stood(request: Request, number: int) -> str:
    whose, _, where = cookies.take(request, cookies.PLACE).partition(".")
    return where if whose == str(number) else ""


def _seen(request: Request) -> Filters:
    named = dict(parse_qsl(cookies.take(request, cookies.QUEUE)))
    named.pop("after", None)
    try:
        return Filters.model_validate(named)
    except ValidationError:
        return Filters()


def to_queue(request: Request, number: int) -> str:
    """The address of a ticket's row where somebody was last: in the queue, whatever the cookie holds."""
    query = cookies.take(request, cookies.QUEUE)
    return f"/desk?{query}#ticket-{number}" if query else f"/desk#ticket-{number}"
