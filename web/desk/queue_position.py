"""Queue position: the back link to the view and row that somebody came from, and the next ticket."""

from contextlib import suppress
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import ValidationError
from sqlmodel import Session
from starlette.responses import Response

from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.order import Order, order_of
from navigator.tickets.queue.queue import queue
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find
from web.kit import cookies


def remember_view(request: Request, response: Response, href: str) -> Response:
    """Keep the view of the queue in a cookie, when a person opened it and no script."""
    if request.headers.get("sec-fetch-dest", "document") == "document":
        cookies.set_cookie(response, cookies.QUEUE, href.partition("?")[2])
    return response


def remember_position(request: Request, response: Response, ticket: Ticket) -> Response:
    """Keep in a cookie where in the queue a ticket stood when it was opened, whatever is done to it since."""
    if not _position(request, ticket.number):
        cookies.set_cookie(
            response,
            cookies.QUEUE_POSITION,
            f"{ticket.number}.{_order(request).encode(ticket)}",
        )
    return response


def next_ticket(request: Request, session: Session, actor: Actor, number: int) -> str:
    """The address of the ticket that comes next where somebody was last; "" at the end."""
    filters = _last_filters(request)
    cursor = _position(request, number) or _order(request).encode(find(session, actor, number))
    rows = queue(session, actor, filters, cursor, limit=1).rows
    return f"/tickets/{rows[0].number}" if rows else ""


def _position(request: Request, number: int) -> str:
    ticket, _, cursor = cookies.read_cookie(request, cookies.QUEUE_POSITION).partition(".")
    with suppress(Invalid):  # a browser may hold a cursor of another order, or of before an upgrade
        return cursor if ticket == str(number) and _order(request).decode(cursor) else ""
    return ""


def _order(request: Request) -> Order:
    filters = _last_filters(request)
    return order_of(filters.view, filters.sort)


def _last_filters(request: Request) -> Filters:
    parameters = dict(parse_qsl(cookies.read_cookie(request, cookies.QUEUE)))
    parameters.pop("after", None)
    try:
        return Filters.model_validate(parameters)
    except ValidationError:
        return Filters()


def queue_url(request: Request, number: int | None = None) -> str:
    """The address where somebody was last, at a ticket's row: in the queue, whatever the cookie holds."""
    query, row = cookies.read_cookie(request, cookies.QUEUE), f"#ticket-{number}" if number else ""
    return f"/desk?{query}{row}" if query else f"/desk{row}"
