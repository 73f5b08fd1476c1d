"""Training sessions: planned, held, and who came."""

from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from navigator.people.actor import Actor
from navigator.people.person import Role
from navigator.training import sessions
from navigator.training.inputs import CameInput, PlanInput
from web.deps import Reading, Writing, audience
from web.forms import Form, ReadForm
from web.pages import Page, Show, see_other
from web.training import Navigator, facts_of

router = APIRouter(prefix="/training")

Looker = Annotated[Actor, audience(Role.NAVIGATOR, Role.MANAGER)]


@router.get("/plan")
def planning(page: Show, session: Reading, actor: Navigator, form: ReadForm) -> Response:
    """Ask when and where a session is, and whose requests it answers."""
    return _plan(page, session, actor, form)


def _plan(page: Page, session: Session, actor: Actor, form: Form) -> Response:
    waiting = sessions.waiting(session, actor)
    return page("training/plan.html", form=form, waiting=waiting, **facts_of(session, actor))


@router.post("/plan")
def plan(page: Show, session: Writing, actor: Navigator, form: ReadForm) -> Response:
    """Plan a session."""
    if what := form.read(PlanInput):
        with form.trying(session):
            sessions.plan(session, actor, what)
            return see_other("/training", "The session is planned. Everybody with a place is told.")
    return _plan(page, session, actor, form)


@router.get("/sessions/{id}")
def one(page: Show, session: Reading, actor: Looker, id: int) -> Response:
    """One session and who has a place."""
    return _session(page, session, actor, Form(), id)


def _session(page: Page, session: Session, actor: Actor, form: Form, id: int) -> Response:
    roll = sessions.roll(session, actor, id)
    return page("training/session.html", form=form, roll=roll, **facts_of(session, actor))


@router.post("/sessions/{id}/attendance")
def came(page: Show, session: Writing, actor: Navigator, form: ReadForm, id: int) -> Response:
    """Record who came."""
    if what := form.read(CameInput):
        with form.trying(session):
            sessions.hold(session, actor, id, what)
            return see_other("/training", "Saved who came.")
    return _session(page, session, actor, form, id)


@router.post("/sessions/{id}/cancellation")
def cancel(session: Writing, actor: Navigator, id: int) -> Response:
    """Cancel a session."""
    sessions.cancel(session, actor, id)
    return see_other("/training", "The session was cancelled. Everybody with a place is told.")
