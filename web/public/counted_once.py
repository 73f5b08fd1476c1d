"""By what a device counts once: a token in a cookie, which says nothing of whoever uses it."""

from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from navigator.people.tokens import mint
from web.kit import cookies
from web.kit.forms import Form

BOX = "device"
"""The hidden box with a new token in each form that counts. It is used where there is no cookie yet: a double
press, whose second request knows nothing of the first one's answer, counts once."""
_LASTS = timedelta(days=7)
_LONGEST = 100


def known_token(request: Request) -> str:
    """The token that this browser keeps, before it was counted that of its draft; "" if it has none."""
    return cookies.read_cookie(request, cookies.COUNTED) or cookies.read_cookie(request, cookies.DRAFT)


def token_of(request: Request, form: Form) -> str:
    """The token of this browser: its own, or the one of the form."""
    return known_token(request) or form.value(BOX)[:_LONGEST] or mint()


def keep(response: Response, token: str) -> Response:
    """Have the browser keep its token for a week."""
    cookies.set_cookie(response, cookies.COUNTED, token, _LASTS)
    return response
