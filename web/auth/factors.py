"""Second steps of somebody's own log-in: set up, listed, taken away; and their recovery codes, shown once."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from navigator.outbox import factor_changes
from navigator.people import factor_reset, passkeys, second_factor, totp
from navigator.people import login as log_ins
from navigator.people.access_rules import needs_factor
from navigator.people.passkeys import NewPasskey
from navigator.people.totp import NewApp
from web.auth.entering import Entrant, SettingUp, device_words, entered, safe_next
from web.kit.deps import Address, PathId, Reading, Router, Staff, Writing
from web.kit.form_marks import note_result
from web.kit.forms import Form, ReadForm
from web.kit.qr_code import qr_code
from web.kit.templating import PageRenderer, Render, redirect, url

router = Router(prefix="/second-step")

Anybody = Annotated[Entrant, Depends(SettingUp(needs_proof=False))]
Proven = Annotated[Entrant, Depends(SettingUp())]
ProvenStaff = Annotated[Entrant, Depends(SettingUp(allows_half=False))]

_HOME = "/second-step"


@router.get("")
def overview(page: Render, form: ReadForm, session: Reading, entrant: Anybody) -> Response:
    """Which second steps somebody has, and ways to set one up."""
    return page("auth/factors.html", form=form, **_context(session, entrant, form))


@router.get("/app")
def app_form(page: Render, form: ReadForm, session: Reading, entrant: Proven) -> Response:
    """A new secret for an authenticator app, as a picture and as letters."""
    return _app_page(page, session, entrant, form)


@router.post("/app")
def set_up_app(
    page: Render, form: ReadForm, session: Writing, entrant: Proven, request: Request, caller: Address
) -> Response:
    """Set up an authenticator app by a code that it shows."""
    if new := form.read(NewApp):
        with form.trying(session):
            codes = factor_changes.set_up_app(session, entrant.user_id, new.proposal, new.code)
            return _done(page, session, entrant, form, ((device_words(request), caller), codes))
    return _app_page(page, session, entrant, form)


@router.get("/passkey")
def passkey_form(page: Render, form: ReadForm, session: Reading, entrant: Proven) -> Response:
    """The form for a passkey."""
    return _passkey_page(page, session, entrant, form)


@router.post("/passkey/challenge")
def passkey_challenge(session: Writing, entrant: Proven) -> Response:
    """What a browser needs to make a passkey."""
    return JSONResponse(passkeys.new_options(session, entrant.user_id, entrant.token_hash))


@router.post("/passkey")
def add_passkey(
    page: Render, form: ReadForm, session: Writing, entrant: Proven, request: Request, caller: Address
) -> Response:
    """Add a passkey."""
    if new := form.read(NewPasskey):
        with form.trying(session):
            codes = factor_changes.add_passkey(session, entrant.user_id, entrant.token_hash, new)
            return _done(page, session, entrant, form, ((device_words(request), caller), codes))
    return _passkey_page(page, session, entrant, form)


@router.post("/codes")
def make_codes(page: Render, session: Writing, entrant: ProvenStaff) -> Response:
    """Make new recovery codes, and show them once."""
    codes = factor_changes.make_codes(session, entrant.user_id)
    note_result(_HOME, "New codes were made. They are shown once: if you did not see them, make new ones.")
    return page("auth/recovery_codes.html", codes=codes, next_href=_HOME)


@router.post("/app/removal")
def remove_app(session: Writing, entrant: ProvenStaff) -> Response:
    """Take the authenticator app away."""
    factor_changes.remove_app(session, entrant.user_id)
    return redirect(_HOME, "The app is taken away")


@router.post("/passkeys/{passkey_id}/removal")
def remove_passkey(session: Writing, entrant: ProvenStaff, passkey_id: PathId) -> Response:
    """Take a passkey away."""
    factor_changes.remove_passkey(session, entrant.user_id, passkey_id)
    return redirect(_HOME, "The passkey is taken away")


@router.post("/resets/{reset_id}/removal")
def stop_reset(session: Writing, actor: Staff, reset_id: PathId) -> Response:
    """Stop a reset of one's own second step that somebody asked for."""
    factor_reset.withdraw(session, actor, actor.user_id or 0, reset_id)
    return redirect(_HOME, "The reset is stopped. Tell your manager if you did not ask for it")


def _done(
    page: PageRenderer,
    session: Session,
    entrant: Entrant,
    form: Form,
    done: tuple[tuple[str, str], Sequence[str]],
) -> Response:
    """Show the recovery codes that came with a first second step; whoever was half in is in now."""
    caller, codes = done
    next_href = (safe_next(form.value("next")) or "/log-in") if entrant.is_half else _HOME
    note_result(next_href, "It is set up. Make recovery codes if you have not seen any.")
    response: Response = page("auth/recovery_codes.html", codes=codes, next_href=next_href)
    if not codes:
        response = redirect(next_href, "It is set up")
    if entrant.is_half:
        return entered(response, log_ins.finish(session, entrant.token, *caller))
    return response


def _app_page(page: PageRenderer, session: Session, entrant: Entrant, form: Form) -> Response:
    proposed = totp.proposed(session, entrant.user_id, form.value("proposal"))
    context: dict[str, Any] = {"proposed": proposed, "qr_code": qr_code(proposed.uri)}
    return page("auth/app.html", form=form, **context, **_context(session, entrant, form))


def _passkey_page(page: PageRenderer, session: Session, entrant: Entrant, form: Form) -> Response:
    return page("auth/passkey.html", form=form, **_context(session, entrant, form))


def _context(session: Session, entrant: Entrant, form: Form) -> dict[str, Any]:
    next_href = safe_next(form.value("next")) if entrant.is_half else ""
    return {
        "factors": second_factor.factors_of(session, entrant.user_id),
        "must_have_one": needs_factor(session, entrant.user_id),
        "is_half": entrant.is_half,
        "passkeys_work": passkeys.work_here(),
        "next_href": next_href,
        "query": url("", next=next_href),
        "own_reset": factor_reset.own_reset(session, entrant.user_id),
    }
