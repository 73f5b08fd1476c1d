"""The log-in page, with the ways in that are on: a password, providers, or both."""

from sqlmodel import Session
from starlette.responses import Response

from navigator.openid.log_in import ways_in, ways_in_now
from web.kit.forms import Form
from web.kit.templating import PageRenderer


def log_in_page(page: PageRenderer, form: Form, session: Session | None = None) -> Response:
    """The log-in page, asked in the session of its request if there is one."""
    return page("auth/log_in.html", form=form, ways=ways_in(session) if session else ways_in_now())
