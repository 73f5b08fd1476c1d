"""The second step of logging in: a code of an app or a recovery code, or a passkey where scripts run."""

from typing import Annotated, Any

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from navigator.errors import Invalid
from navigator.outbox import factor_changes
from navigator.people import login, passkeys, second_factor
from navigator.people.passkeys import PasskeyAnswer
from navigator.people.second_factor import FactorCode
from web.auth.entering import AfterPassword, Entrant, device_words, entered, safe_next
from web.kit.deps import Address, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect, url

router = Router(prefix="/second-step/check")

Half = Annotated[Entrant, Depends(AfterPassword())]


@router.get("")
def ask(page: Render, form: ReadForm, session: Reading, half: Half) -> Response:
    """Ask for the second step; whoever must have one and has none sets one up first."""
    if not second_factor.factors_of(session, half.user_id).is_set_up:
        return redirect(url("/second-step", next=safe_next(form.value("next"))))
    return _page(page, session, half, form)


@router.post("")
def check_code(
    page: Render, form: ReadForm, session: Writing, half: Half, request: Request, caller: Address
) -> Response:
    """Log in by a code."""
    if shown := form.read(FactorCode):
        if not (problem := second_factor.try_code(session, half.user_id, shown.code)):
            return _finish(session, half, form, (device_words(request), caller))
        _refuse(session, half, form, Invalid(problem, {"code": problem}))
    return _page(page, session, half, form)


@router.post("/challenge")
def challenge(session: Writing, half: Half) -> Response:
    """What a browser needs to ask for a passkey."""
    return JSONResponse(passkeys.options(session, half.user_id, half.token_hash))


@router.post("/passkey")
def check_passkey(
    page: Render, form: ReadForm, session: Writing, half: Half, request: Request, caller: Address
) -> Response:
    """Log in by a passkey."""
    if answer := form.read(PasskeyAnswer):
        if not (problem := second_factor.try_passkey(session, half.user_id, half.token_hash, answer)):
            return _finish(session, half, form, (device_words(request), caller))
        _refuse(session, half, form, Invalid(problem))
    return _page(page, session, half, form)


def _refuse(session: Session, half: Entrant, form: Form, refused: Invalid) -> None:
    factor_changes.warn_of_tries(session, half.user_id, refused.message)
    form.refuse(refused)


def _finish(session: Session, half: Entrant, form: Form, caller: tuple[str, str]) -> Response:
    token = login.finish(session, half.token, *caller)
    few = second_factor.factors_of(session, half.user_id).has_few_codes
    words = "You have few recovery codes left. Make new ones under “Your account”" if few else ""
    return entered(redirect(safe_next(form.value("next")) or "/log-in", words), token)


def _page(page: PageRenderer, session: Session, half: Entrant, form: Form) -> Response:
    context: dict[str, Any] = {"factors": second_factor.factors_of(session, half.user_id)}
    return page("auth/second_step.html", form=form, **context)
