"""Whoever opened a private link: the audience of a followed ticket’s pages, and what their browser keeps."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.reporter import ReporterLink
from navigator.request_dependencies import session_of_identity
from navigator.tickets.followed import reporter_to_follow
from navigator.tickets.visibility import reporter_who_opened
from web.kit import cookies, kept_words
from web.kit.deps import PathNumber
from web.kit.templating import Render

REPORTER_COOKIE_LASTS = timedelta(days=1)
"""How long a browser, perhaps a shared one, keeps a reporter's ticket open; the link opens it again."""


class ReporterOfTicket:
    """The audience of a followed ticket's pages: whoever opened a private link to the ticket `number`."""

    audience = "reporter"

    async def __call__(self, request: Request, page: Render, number: PathNumber) -> Actor:
        """Let the reporter in."""
        page.owner = f"reporter {number}"
        link_id = cookies.unsign(cookies.read_cookie(request, _cookie(number)), "reporter")
        with session_of_identity(request.method) as session:
            let_in = reporter_to_follow if request.method == "GET" else reporter_who_opened
            actor = None if link_id is None else let_in(session, link_id, number)
        if actor is None:
            raise NotFound("This link does not work any more.")
        page.kept = kept_words.kept_for(request, page.owner)
        return actor


def admit_reporter(response: Response, link: ReporterLink) -> Response:
    """Remember in this browser that a private link was opened; it is looked at again each time."""
    cookies.set_cookie(
        response, _cookie(link.ticket_number), cookies.sign(link.id, "reporter"), REPORTER_COOKIE_LASTS
    )
    return response


def dismiss_reporter(response: Response, number: int) -> Response:
    """Forget in this browser that a private link was opened: the next person at it sees nothing."""
    cookies.delete_cookie(response, _cookie(number))
    return response


def _cookie(number: int) -> str:
    return f"desk_reporter_{number}"


ReporterActor = Annotated[Actor, Depends(ReporterOfTicket())]
