"""The way back to the queue, to the view and the row that somebody came from; and on to the next ticket."""

from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import ValidationError
from sqlmodel import Session
from starlette.responses import Response

from navigator.people.actor import Actor
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import encode_cursor, queue
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find
from web.kit import cookies


def remember_view(request: Request, response: Response, href: str) -> Response:
    """Keep in this browser where in the queue somebody is, when it is they who opened it and no script."""
    if request.headers.get("sec-fetch-dest", "document") == "document":
        cookies.set_cookie(response, cookies.QUEUE, href.partition("?")[2])
    return response


def remember_position(request: Request, response: Response, ticket: Ticket) -> Response:
    """Keep in this browser where a ticket stood when it was come to, whatever is done to it since."""
    if not _position(request, ticket.number):
        cookies.set_cookie(
            response, cookies.PLACE, f"{ticket.number}.{encode_cursor(ticket, _seen(request).view)}"
        )
    return response


def next_ticket(request: Request, session: Session, actor: Actor, number: int) -> str:
    """The address of the ticket that comes next where somebody was last; "" at the end."""
    asked = _seen(request)
    stood = _position(request, number) or encode_cursor(find(session, actor, number), asked.view)
    rows = queue(session, actor, asked, stood, limit=1).rows
    return f"/tickets/{rows[0].number}" if rows else ""


def _position(request: Request, number: int) -> str:
    whose, _, where = cookies.read_cookie(request, cookies.PLACE).partition(".")
    return where if whose == str(number) else ""


def _seen(request: Request) -> Filters:
    named = dict(parse_qsl(cookies.read_cookie(request, cookies.QUEUE)))
    named.pop("after", None)
    try:
        return Filters.model_validate(named)
    except ValidationError:
        return Filters()


def queue_url(request: Request, number: int) -> str:
    """The address of a ticket's row where somebody was last: in the queue, whatever the cookie holds."""
    query = cookies.read_cookie(request, cookies.QUEUE)
    return f"/desk?{query}#ticket-{number}" if query else f"/desk#ticket-{number}"
