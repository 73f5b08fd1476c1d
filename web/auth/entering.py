"""Entering: what pages for logging in share, and whoever has given their password but no second step yet."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from starlette.responses import Response

from navigator.catalogue.browsers import device_of
from navigator.dates_in_words import day
from navigator.errors import NotConfirmed, NotLoggedIn
from navigator.languages import ENGLISH
from navigator.people import half_login, login, second_factor, sessions, tokens
from navigator.people.login import Admission
from navigator.request_dependencies import session_of_identity, writing_session
from web.kit import cookies, page_language
from web.kit.deps import Visitor, raise_not_logged_in, show_menu
from web.kit.templating import Render, redirect, url

ASKING = ("/log-in", "/unlock", "/second-step/check", "/account/confirm")
"""Pages that ask who is there: nobody is led back to one, but to what it leads to."""


@dataclass(frozen=True)
class Entrant:
    """Somebody by the token of their log-in, which is whole or, until their second step, half done."""

    user_id: int
    token: str
    is_half: bool = False

    @property
    def token_hash(self) -> str:
        """By what a challenge for a passkey is bound to this log-in."""
        return tokens.hashed(self.token)


class AfterPassword:
    """The audience of the second step: whoever has just given their password in this browser."""

    audience = "whoever has given their password"

    async def __call__(self, request: Request, page: Render) -> Entrant:
        """Let them in to nothing else."""
        page_language.speak(page.request, ENGLISH)
        token = cookies.read_cookie(request, cookies.HALF_LOG_IN)
        with session_of_identity(request.method) as session:
            user = half_login.user_of(session, token) if token else None
            if user is None:
                raise NotLoggedIn("This log-in took too long, or was finished before. Log in again.")
            return Entrant(user.id, token, is_half=True)


class SettingUp:
    """The audience of pages where a second step is set up: staff, or whoever must have one to log in.

    Staff prove who they are again before anything is shown or changed, if it `needs_proof`. Half a log-in
    sets up its first second step, and does nothing else, where it `allows_half` of one.
    """

    audience = "staff, or whoever must set up a second step"

    def __init__(self, *, needs_proof: bool = True, allows_half: bool = True) -> None:
        self.needs_proof, self.allows_half = needs_proof, allows_half

    async def __call__(self, request: Request, page: Render, actor: Visitor) -> Entrant:
        """Let them in, the former with their menu."""
        page_language.speak(page.request, ENGLISH)
        if actor is None:
            return self._half(request)
        show_menu(page, actor)
        entrant = Entrant(actor.user_id or 0, cookies.read_cookie(request, cookies.LOG_IN))
        with session_of_identity(request.method) as session:
            if self.needs_proof and not sessions.is_confirmed(session, entrant.token):
                raise NotConfirmed("Prove that it is you first.")
        return entrant

    def _half(self, request: Request) -> Entrant:
        token = cookies.read_cookie(request, cookies.HALF_LOG_IN)
        with session_of_identity(request.method) as session:
            user = half_login.user_of(session, token) if token else None
            # Whoever has a second step shows it, and sets up nothing before.
            if user is None or not self.allows_half or second_factor.factors_of(session, user.id).is_set_up:
                raise_not_logged_in(request)
            return Entrant(user.id, token, is_half=True)


def safe_next(href: str) -> str:
    """Where to go after logging in: a path of the desk itself, or "" (no open redirect)."""
    is_own_path = href.startswith("/") and not href.startswith(("//", "/\\")) and href.isprintable()
    if not is_own_path or not href.startswith(ASKING):
        return href if is_own_path else ""
    behind = dict(parse_qsl(urlsplit(href).query)).get("next", "")
    return safe_next(behind) if len(behind) < len(href) else ""


def device_words(request: Request) -> str:
    """The device of a request in words, for the list of somebody's log-ins."""
    return device_of(request.headers.get("user-agent", "")[:1000])


def end_former(request: Request) -> None:
    """End the log-in that this browser had, locked or not: whoever logs in anew takes its place."""
    if token := cookies.read_cookie(request, cookies.LOG_IN):
        with writing_session() as session:
            login.log_out(session, token)


def admitted(request: Request, admission: Admission, next_href: str) -> Response:
    """Go on after the password: in, or to the second step."""
    end_former(request)
    if admission.is_whole:
        words = _notice_of(admission.factor_due_on)
        return entered(redirect(url("/log-in", next=next_href), words), admission.token)
    response = redirect(url("/second-step/check", next=next_href))
    cookies.set_cookie(response, cookies.HALF_LOG_IN, admission.token, half_login.LASTS)
    cookies.delete_cookie(response, cookies.LOG_IN)
    return response


def _notice_of(due_on: date | None) -> str:
    """That somebody will need a second step, while they can still log in without."""
    if due_on is None:
        return ""
    return f"You need a second step to log in from {day(due_on)}. Set it up under “Your account”"


def entered(response: Response, token: str) -> Response:
    """Let a browser hold the token of a whole log-in, and that of half a one no more."""
    cookies.set_cookie(response, cookies.LOG_IN, token)
    cookies.delete_cookie(response, cookies.HALF_LOG_IN)
    return response
