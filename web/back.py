"""The way back to the queue: to the view and its page that somebody came from, and to the ticket's row."""

from fastapi import Request
from starlette.responses import Response

from web import cookies


def remember(request: Request, response: Response, href: str) -> Response:
    """Keep in this browser where in the queue somebody is, when it is they who opened it and no script."""
    if request.headers.get("sec-fetch-dest", "document") == "document":
        cookies.give(response, cookies.QUEUE, href.partition("?")[2])
    return response


def to_queue(request: Request, number: int) -> str:
    """The address of a ticket's row where somebody was last: in the queue, whatever the cookie holds."""
    query = cookies.take(request, cookies.QUEUE)
    return f"/desk?{query}#ticket-{number}" if query else f"/desk#ticket-{number}"
