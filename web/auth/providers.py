"""Logging in by a provider of OpenID Connect: out to it, back with its answer, and logging out of it too."""

from typing import Annotated

from fastapi import Path, Request
from starlette.responses import RedirectResponse, Response

from navigator.openid import log_in
from navigator.openid.log_in import ATTEMPT_LASTS, Answer
from web.auth.entering import device_words, end_former, entered
from web.auth.ways_in import log_in_page
from web.kit import cookies
from web.kit.deps import Address, Router, asks_provider, in_english, public
from web.kit.forms import Form, ReadForm
from web.kit.templating import Render, redirect, url

router = Router(prefix="/log-in/with", dependencies=[public, in_english, asks_provider])

ProviderCode = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,40}$")]


@router.get("/{code}")
def begin(page: Render, form: ReadForm, code: ProviderCode) -> Response:
    """Send somebody to a provider."""
    failed = Form()
    with failed.trying():
        return _sent(*log_in.begin(code, form.value("next")))
    return log_in_page(page, failed)


def _sent(address: str, sealed: str) -> Response:
    """To the provider; what must come back with its answer stays in the browser, sealed."""
    response = RedirectResponse(address, 303)
    cookies.set_cookie(response, cookies.ATTEMPT, sealed, ATTEMPT_LASTS)
    return response


@router.get("/{code}/answer")
def show_answer(page: Render, form: ReadForm, code: ProviderCode) -> Response:
    """Where a provider sends somebody back: a form that goes on by itself, since looking changes nothing."""
    return page("auth/provider_answer.html", form=form, code=code)


@router.post("/{code}/answer")
def finish(page: Render, form: ReadForm, code: ProviderCode, caller: Address, request: Request) -> Response:
    """Log in whoever came back."""
    answer, failed = Answer(**{name: form.value(name) for name in ("code", "state", "iss", "error")}), Form()
    with failed.trying():
        attempt, device = cookies.read_cookie(request, cookies.ATTEMPT), device_words(request)
        return _let_in(request, *log_in.finish(code, attempt, answer, caller, device))
    return log_in_page(page, failed)


def _let_in(request: Request, token: str, next_page: str) -> Response:
    end_former(request)
    response = entered(redirect(url("/log-in", next=next_page)), token)
    cookies.delete_cookie(response, cookies.ATTEMPT)
    return response
