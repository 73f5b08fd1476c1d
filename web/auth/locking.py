"""Locked pages: locked when nobody uses them, unlocked by the password or a passkey; proving who it is."""

from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel, Field, SecretStr
from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from navigator.errors import Invalid, NotLoggedIn
from navigator.openid.log_in import ways_to_unlock
from navigator.outbox import factor_changes
from navigator.people import login, passkeys, second_factor, sessions
from navigator.people.passkeys import PasskeyAnswer
from navigator.request_dependencies import session_of_identity, writing_session
from web.auth.entering import Entrant, safe_next
from web.kit import cookies, kept_words
from web.kit.deps import Reading, Router, Staff, Writing, audience, hashes_password, in_english, public
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect, url

router = Router()


class PasswordProof(BaseModel):
    """The password of somebody who is logged in."""

    password: SecretStr = Field(title="your password", max_length=1000)


class UnlockProof(PasswordProof):
    """What unlocks pages: the password, and the second step if they were left for long."""

    code: str = Field(default="", max_length=100, title="the code")


class OwnLogIn:
    """The audience of a locked page: whoever has a log-in in this browser, locked or not."""

    audience = "whoever is logged in, locked or not"

    async def __call__(self, request: Request, page: Render) -> Entrant:
        """Let them in, and say whose log-in it is."""
        token = cookies.read_cookie(request, cookies.LOG_IN)
        with session_of_identity(request.method) as session:
            standing = login.standing_of(session, token) if token else None
        if standing is None:
            raise NotLoggedIn("Log in to see this page.")
        page.context |= {"name": standing.actor.name, "is_locked": standing.is_locked}
        return Entrant(standing.actor.user_id or 0, token)


Own = Annotated[Entrant, Depends(OwnLogIn())]


@router.get("/unlock", dependencies=[in_english])
def unlock_form(page: Render, form: ReadForm, session: Reading, own: Own) -> Response:
    """Ask whoever is there to unlock their pages."""
    if not page.context["is_locked"]:
        return redirect(_next(form))
    return _unlock_page(page, session, own, form)


@router.post("/unlock", dependencies=[in_english, hashes_password])
def unlock(page: Render, form: ReadForm, session: Reading, own: Own) -> Response:
    """Unlock pages by the password, and by a code too when they were left for long."""
    if proof := form.read(UnlockProof):
        with form.trying():
            problem = sessions.unlock_by_password(own.user_id, proof.password, own.token, proof.code)
            if not problem:
                return redirect(_next(form))
            _refuse(own, form, problem)
    return _unlock_page(page, session, own, form)


@router.post("/unlock/challenge")
def unlock_challenge(session: Writing, own: Own) -> Response:
    """What a browser needs to unlock pages by a passkey."""
    return JSONResponse(passkeys.options(session, own.user_id, own.token_hash))


@router.post("/unlock/passkey", dependencies=[in_english])
def unlock_by_passkey(page: Render, form: ReadForm, session: Writing, own: Own) -> Response:
    """Unlock pages by a passkey."""
    if answer := form.read(PasskeyAnswer):
        if not (problem := second_factor.try_passkey(session, own.user_id, own.token_hash, answer)):
            sessions.unlock(session, own.token)
            return redirect(_next(form))
        form.refuse(Invalid(problem))
    return _unlock_page(page, session, own, form)


@router.post("/account/lock", dependencies=[public])
def lock(form: ReadForm, session: Writing, request: Request) -> Response:
    """Lock all pages of this log-in, and keep what was typed on one of them, though the log-in has ended."""
    sessions.lock(session, cookies.read_cookie(request, cookies.LOG_IN))
    kept_words.keep_locked(session, form)
    return kept_words.remind(redirect(url("/unlock", next=safe_next(form.value("lock.page")))))


@router.post("/account/active")
def stay_active(_actor: Staff) -> Response:
    """Say that somebody is there: who types a long text asks for no page meanwhile."""
    return JSONResponse({})


@router.get("/account/confirm", dependencies=[audience()])
def confirm_form(page: Render, form: ReadForm, session: Reading, request: Request) -> Response:
    """Ask for the password again, before somebody changes how they log in by it."""
    return _confirm_page(page, session, request, form)


@router.post("/account/confirm", dependencies=[hashes_password])
def confirm(page: Render, form: ReadForm, session: Reading, actor: Staff, request: Request) -> Response:
    """Remember for a while that somebody has given their password again."""
    if proof := form.read(PasswordProof):
        with form.trying():
            token = cookies.read_cookie(request, cookies.LOG_IN)
            sessions.confirm_by_password(actor.user_id or 0, proof.password, token)
            return redirect(safe_next(form.value("next")) or "/second-step")
    return _confirm_page(page, session, request, form)


def _refuse(own: Entrant, form: Form, problem: str) -> None:
    with writing_session() as session:
        factor_changes.warn_of_tries(session, own.user_id, problem)
    form.refuse(Invalid("There is a problem", {"code": problem}))


def _next(form: Form) -> str:
    return safe_next(form.value("next")) or "/home"


def _unlock_page(page: PageRenderer, session: Session, own: Entrant, form: Form) -> Response:
    context: dict[str, Any] = {"factors": second_factor.factors_of(session, own.user_id)}
    context["needs_both"] = sessions.needs_both(session, own.user_id, own.token)
    ways = ways_to_unlock(session, own.token)
    return page("auth/unlock.html", form=form, ways=ways, passkeys_work=passkeys.work_here(), **context)


def _confirm_page(page: PageRenderer, session: Session, request: Request, form: Form) -> Response:
    ways = ways_to_unlock(session, cookies.read_cookie(request, cookies.LOG_IN))
    return page("auth/confirm.html", form=form, ways=ways)
