"""Error pages and exception handlers: plain words and what to do next, never a traceback.

Those of patients have the crisis card.
"""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Scope

from navigator.database import STORAGE_DOWN
from navigator.errors import NotFound, NotLoggedIn, Refused
from navigator.languages import ENGLISH, speaking
from navigator.people.access_rules import LOCK_MINUTES
from navigator.tickets.submissions import Result
from web.kit import kept_words, page_language
from web.kit.areas import is_of_staff
from web.kit.form_marks import AlreadyDone
from web.kit.kept_words import NOTHING_UNSAVED, Unsaved
from web.kit.own_address import address, without_last_slash
from web.kit.request_log import log, route_of
from web.kit.templating import redirect, render, url

NOT_ON_THIS_DEVICE = "public/track/not_on_this_device.html"
"""The page of a followed ticket for whoever has not opened its link here, be there such a ticket or not."""

ONCE = "You pressed more than once. It was done once."

WORDS: dict[int, tuple[str, str]] = {
    400: ("We could not read that", "Go back and try again. What you typed may still be there."),
    401: ("Log in to see this page", "You may have been logged out because you were away for a while."),
    403: ("You cannot do that here", "If you think you should be able to, ask your manager."),
    404: ("Page not found", "Check the address. If you followed a link, it may be old or not whole."),
    405: ("That did not work", "Go back to the page before and try from there."),
    408: (
        "That took too long to arrive",
        "Nothing was saved. Check your connection, then go back and send it again.",
    ),
    409: ("Something changed in the meantime", "Go back, load the page again and look at what changed."),
    413: ("That is too much to send at once", "Make it shorter and send it again. You can send more later."),
    422: ("There is a problem with what was sent", "Go back and check what you typed."),
    429: ("Too many tries", "Wait for a few minutes and try again."),
    500: ("Sorry, something went wrong", "It is our mistake, not yours. Try again in a few minutes."),
    503: (
        "This desk is not working at the moment",
        "Nothing was saved. Try again later, or phone your service.",
    ),
}


def error_page(scope: Scope, status: int, message: str = "", unsaved: Unsaved = NOTHING_UNSAVED) -> Response:
    """The answer to a request that cannot be done: an error page, or a problem body for the API.

    `unsaved` can be sent again from there.
    """
    title, next_step = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    if str(scope["path"]).startswith("/api/"):
        problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
        body = problem | ({"detail": message} if message else {})
        return JSONResponse(body, status, media_type="application/problem+json")
    is_staff = is_of_staff(str(scope["path"]))
    with speaking(ENGLISH if is_staff else page_language.of_error(scope)):
        if status == 404 and str(scope["path"]).startswith("/follow/"):
            return HTMLResponse(render(NOT_ON_THIS_DEVICE, unsent=None), status)
        facts = {"status": status, "title": title, "message": message, "next_step": next_step}
        code = scope.get("state", {}).get("code", "") if status >= 500 else ""
        sent = {"unsaved": unsaved, "sent_to": address(scope) if unsaved.boxes else ""}
        if is_staff:
            facts |= _locks(scope, unsaved)
        page = "kit/staff_error.html" if is_staff else "kit/error.html"
        return HTMLResponse(render(page, code=code, **facts, **sent), status)


def _locks(scope: Scope, unsaved: Unsaved) -> dict[str, Any]:
    """The menu of whoever is known to ask, and with it the lock of their pages.

    Where the database failed before it said who asks, the page locks after as long as a new desk's do: the
    form's mark says that a colleague wrote what stands there.
    """
    page = scope.get("state", {}).get("page")
    if staff := page.context.get("staff") if page else None:
        return {"staff": staff}
    return {"lock_minutes": LOCK_MINUTES} if unsaved.is_of_colleague else {}


def register_error_handlers(app: FastAPI) -> None:
    """Register the exception handlers of an application."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(AlreadyDone, _already_done)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _invalid_url)
    app.add_exception_handler(Exception, _server_error)
    for error in STORAGE_DOWN:
        app.add_exception_handler(error, _storage_unavailable)


async def _refused(request: Request, refused: Any) -> Response:
    """An error page; what was sent when a log-in or a private link had ended is kept for whoever wrote it."""
    if isinstance(refused, NotLoggedIn) and request.method == "GET":
        return RedirectResponse(url(refused.asks_at, next=address(request.scope)), 303)
    is_link = isinstance(refused, NotFound) and str(request.scope["path"]).startswith("/follow/")
    if request.method == "POST" and (is_link or isinstance(refused, NotLoggedIn)):
        if result := await kept_words.sent_before(request):
            return _again(result)
        kept = await kept_words.keep(request)
        if kept.has_words and is_link:
            with speaking(page_language.of_error(request.scope)):
                return kept_words.remind(HTMLResponse(render(NOT_ON_THIS_DEVICE, unsent=kept), 404))
        if kept.page and isinstance(refused, NotLoggedIn):
            asks = url(refused.asks_at, next=kept.page, kept=kept.has_words and "yes")
            response = RedirectResponse(asks, 303)
            return kept_words.remind(response) if kept.has_words else response
    if isinstance(refused, kept_words.MadeForAnother):
        waits = (
            " What they typed waits for them, for 24 hours."
            if (await kept_words.keep(request)).has_words
            else ""
        )
        return kept_words.remind(error_page(request.scope, refused.status, refused.message + waits))
    return error_page(request.scope, refused.status, " ".join([refused.message, *refused.fields.values()]))


async def _already_done(_request: Request, again: Any) -> Response:
    """The page that the first press led to, with what it said."""
    return _again(again.result)


def _again(result: Result) -> Response:
    return redirect(result.href, f"{result.flash.removesuffix('.')}. {ONCE}" if result.flash else "")


async def _http_exception(request: Request, error: Any) -> Response:
    """An error page; but an address with a slash too many, or one that only takes a form, leads to its page.

    Back and reload ask for the address to which a form was sent, as if it were a page; so does the choice of
    a language on a form that came back.
    """
    path = str(request.scope["path"])
    page_of_form = path.rpartition("/")[0]
    if (error.status_code, request.method) == (405, "GET") and page_of_form and not path.startswith("/api/"):
        chosen = request.query_params.get(page_language.PARAMETER, "")
        return redirect(url(page_of_form, **{page_language.PARAMETER: chosen}))
    if error.status_code == 404 and path.endswith("/") and path.strip("/"):
        return RedirectResponse(without_last_slash(request.scope), 307)
    response = error_page(request.scope, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _invalid_url(request: Request, _error: Exception) -> Response:
    """Not found: a path or query that no page of the desk links to."""
    return error_page(request.scope, 404)


async def _storage_unavailable(request: Request, error: Exception) -> Response:
    log.error("storage is down", error=type(error).__name__, path=route_of(request.scope))
    return error_page(request.scope, 503, unsaved=await kept_words.unsaved(request))


async def _server_error(request: Request, _error: Exception) -> Response:
    return error_page(request.scope, 500)
