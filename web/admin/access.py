"""How somebody logs in, for their administrators: open log-ins, and a reset of the second step by two."""

from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator.outbox import factor_changes
from navigator.people import directory, factor_reset, second_factor, sessions
from navigator.people.access_rules import factor_due_on
from navigator.people.actor import Actor
from navigator.people.factor_reset import ResetInput
from web.kit.deps import Admin, PathId, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/people/{user_id}/access")


@router.get("")
def access(page: Render, session: Reading, actor: Admin, user_id: PathId, form: ReadForm) -> Response:
    """What an administrator can do about somebody's log-in."""
    return _page(page, session, actor, user_id, form)


@router.post("/end")
def end_log_ins(session: Writing, actor: Admin, user_id: PathId) -> Response:
    """Log somebody out everywhere."""
    sessions.end_all_of(session, actor, user_id)
    return redirect("/people", "They are logged out everywhere")


@router.post("/reset")
def ask_reset(page: Render, form: ReadForm, session: Writing, actor: Admin, user_id: PathId) -> Response:
    """Ask for a reset of somebody's second step, which another administrator must confirm."""
    if asked := form.read(ResetInput):
        with form.trying(session):
            factor_changes.ask_reset(session, actor, user_id, asked)
            return redirect(f"/people/{user_id}/access", "Asked. Another administrator must confirm it")
    return _page(page, session, actor, user_id, form)


@router.post("/reset/{reset_id}/confirmation")
def confirm_reset(session: Writing, actor: Admin, user_id: PathId, reset_id: PathId) -> Response:
    """Confirm a reset that another administrator asked for."""
    factor_changes.confirm_reset(session, actor, user_id, reset_id)
    return redirect(f"/people/{user_id}/access", "Their second step is reset. They are told")


@router.post("/reset/{reset_id}/removal")
def withdraw_reset(session: Writing, actor: Admin, user_id: PathId, reset_id: PathId) -> Response:
    """Refuse a reset, or take it back."""
    factor_reset.withdraw(session, actor, user_id, reset_id)
    return redirect(f"/people/{user_id}/access", "The reset is not done")


def _page(page: PageRenderer, session: Session, actor: Actor, user_id: int, form: Form) -> Response:
    waiting = factor_reset.open_reset(session, actor, user_id)
    context: dict[str, Any] = {
        "user": directory.find(session, actor, user_id).user,
        "factors": second_factor.factors_of(session, user_id),
        "due_on": factor_due_on(session, user_id),
        "open_log_ins": sessions.count_of(session, actor, user_id),
        "reset": waiting,
        "asked_by": factor_reset.asked_by(session, waiting) if waiting else "",
        "is_own_request": waiting is not None and waiting.asked_by == actor.user_id,
        "is_self": actor.user_id == user_id,
    }
    return page("admin/people/access.html", form=form, **context)
