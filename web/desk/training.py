"""Training: what I asked for, what is wanted, what is planned, and who came."""

from typing import Annotated, Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import programmes_of, services
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training import requests, sessions
from navigator.training.inputs import AnswerInput, AskInput, AttendanceInput, PlanInput
from navigator.training.results import results
from navigator.training.tables import TrainingFormat as Forms
from navigator.training.topics import BY_ID, TOPICS
from web.kit.deps import Reading, Staff, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = APIRouter(prefix="/training")

Navigator = Annotated[Actor, audience(Role.NAVIGATOR)]
Looker = Annotated[Actor, audience(Role.NAVIGATOR, Role.MANAGER)]

FORMS = (
    (Forms.ANSWER, "A five-minute answer"),
    (Forms.ONE_TO_ONE, "One to one"),
    (Forms.GROUP, "In a group"),
)


@router.get("")
def training(page: Render, session: Reading, actor: Staff) -> Response:
    """My own requests; for navigators and managers also what is wanted and planned."""
    own, planned = requests.own(session, actor), sessions.upcoming(session, actor)
    looked = _looked_after(session, actor)
    return page("desk/training/training.html", own=own, planned=planned, **looked, **facts_of(session, actor))


def _looked_after(session: Session, actor: Actor) -> dict[str, Any]:
    waiting = sessions.waiting(session, actor)
    looks = actor.has(Role.NAVIGATOR, Role.MANAGER)
    held = results(session, actor) if looks else []
    return {"waiting": waiting, "demand": sessions.demand(session, actor), "looks": looks, "held": held}


def facts_of(session: Session, actor: Actor) -> dict[str, Any]:
    """What every page about training shows choices of."""
    own = [service for service in services(session) if service.id in actor.services()]
    programmes = {one.code: one.name for service in own for one in programmes_of(session, service.id)}
    return {
        "services": {service.id: service for service in own},
        "programmes": list(programmes.items()),
        "topics": [(topic.id, topic.label) for topic in TOPICS],
        "topic": BY_ID,
        "forms": FORMS,
        "plans": actor.has(Role.NAVIGATOR),
        "leads": actor.has(Role.MANAGER),
    }


@router.get("/ask")
def wanted(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """Ask what somebody wants to learn."""
    return page("desk/training/ask.html", form=form, **facts_of(session, actor))


@router.post("/ask")
def ask(page: Render, session: Writing, actor: Staff, form: ReadForm) -> Response:
    """Take the request."""
    if what := form.read(AskInput):
        with form.trying(session):
            requests.ask(session, actor, what)
            return redirect("/training", "Your request was sent to the navigators.")
    return page("desk/training/ask.html", form=form, **facts_of(session, actor))


@router.post("/requests/{id}/withdrawal")
def withdraw(session: Writing, actor: Staff, id: int) -> Response:
    """The one who asked no longer needs it."""
    requests.withdraw(session, actor, id)
    return redirect("/training", "Your request was withdrawn.")


@router.get("/requests/{id}")
def request(page: Render, session: Reading, actor: Navigator, form: ReadForm, id: int) -> Response:
    """One request, to be answered."""
    return _request(page, session, actor, form, id)


def _request(page: PageRenderer, session: Session, actor: Actor, form: Form, id: int) -> Response:
    asked = requests.request_to_answer(session, actor, id)
    return page("desk/training/request.html", form=form, asked=asked, **facts_of(session, actor))


@router.post("/requests/{id}/answer")
def answer(page: Render, session: Writing, actor: Navigator, form: ReadForm, id: int) -> Response:
    """Answer it at once."""
    if what := form.read(AnswerInput):
        with form.trying(session):
            requests.answer(session, actor, id, what)
            return redirect("/training", "Your answer was saved, and the person is told.")
    return _request(page, session, actor, form, id)


@router.post("/from/{number}")
def from_ticket(session: Writing, actor: Navigator, form: ReadForm, number: int) -> Response:
    """Turn a practitioner's how-to ticket into a request."""
    requests.from_ticket(session, actor, number, form.value("topic"))
    return redirect(f"/tickets/{number}", "This is a training request now. See it under Training.")


@router.get("/plan")
def planning(page: Render, session: Reading, actor: Navigator, form: ReadForm) -> Response:
    """Ask when and where a session is, and whose requests it answers."""
    return _plan(page, session, actor, form)


def _plan(page: PageRenderer, session: Session, actor: Actor, form: Form) -> Response:
    waiting = sessions.waiting(session, actor)
    return page("desk/training/plan.html", form=form, waiting=waiting, **facts_of(session, actor))


@router.post("/plan")
def plan(page: Render, session: Writing, actor: Navigator, form: ReadForm) -> Response:
    """Plan a session."""
    if what := form.read(PlanInput):
        with form.trying(session):
            sessions.plan(session, actor, what)
            return redirect("/training", "The session is planned. Everybody with a place is told.")
    return _plan(page, session, actor, form)


@router.get("/sessions/{id}")
def session_page(page: Render, session: Reading, actor: Looker, id: int) -> Response:
    """One session and who has a place."""
    return _session(page, session, actor, Form(), id)


def _session(page: PageRenderer, session: Session, actor: Actor, form: Form, id: int) -> Response:
    roll = sessions.attendance_of(session, actor, id)
    return page("desk/training/session.html", form=form, roll=roll, **facts_of(session, actor))


@router.post("/sessions/{id}/attendance")
def record_attendance(page: Render, session: Writing, actor: Navigator, form: ReadForm, id: int) -> Response:
    """Record who came."""
    if what := form.read(AttendanceInput):
        with form.trying(session):
            sessions.record_attendance(session, actor, id, what)
            return redirect("/training", "Saved who came.")
    return _session(page, session, actor, form, id)


@router.post("/sessions/{id}/cancellation")
def cancel(session: Writing, actor: Navigator, id: int) -> Response:
    """Cancel a session."""
    sessions.cancel(session, actor, id)
    return redirect("/training", "The session was cancelled. Everybody with a place is told.")
