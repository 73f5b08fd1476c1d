"""Training: requests, demand, planned sessions, and attendance."""

from typing import Annotated, Any

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import programmes_of, services
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training import requests, sessions
from navigator.training.inputs import AnswerInput, AttendanceInput, TrainingRequestInput, TrainingSessionInput
from navigator.training.results import results
from navigator.training.tables import TrainingFormat
from navigator.training.topics import BY_ID, TOPICS
from web.kit.deps import PathId, Reading, Router, Staff, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.screen_ahead import screened_of_staff
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/training")

Navigator = Annotated[Actor, audience(Role.NAVIGATOR)]
Viewer = Annotated[Actor, audience(Role.NAVIGATOR, Role.MANAGER)]

FORMATS = (
    (TrainingFormat.ANSWER, "A five-minute answer"),
    (TrainingFormat.ONE_TO_ONE, "One to one"),
    (TrainingFormat.GROUP, "In a group"),
)


@router.get("")
def training(page: Render, session: Reading, actor: Staff) -> Response:
    """My own requests; for navigators and managers also what is wanted and planned."""
    own, planned = requests.list_own(session, actor), sessions.upcoming_sessions(session, actor)
    context = _demand(session, actor) | _context(session, actor)
    return page("desk/training/training.html", own_requests=own, planned=planned, **context)


def _demand(session: Session, actor: Actor) -> dict[str, Any]:
    """Open requests and results, for navigators and managers."""
    sees_all = actor.has(Role.NAVIGATOR, Role.MANAGER)
    return {
        "waiting": sessions.list_open_requests(session, actor),
        "demand": sessions.demand(session, actor),
        "sees_all": sees_all,
        "results": results(session, actor) if sees_all else [],
    }


def _context(session: Session, actor: Actor) -> dict[str, Any]:
    """Template context of every page about training: choices, names and permissions."""
    own = [service for service in services(session) if service.id in actor.services()]
    programmes = {each.code: each.name for service in own for each in programmes_of(session, service.id)}
    return {
        "services": {service.id: service for service in own},
        "programme_choices": list(programmes.items()),
        "topic_choices": [(topic.id, topic.label) for topic in TOPICS],
        "topic": BY_ID,
        "format_choices": FORMATS,
        "may_plan": actor.has(Role.NAVIGATOR),
        "is_manager": actor.has(Role.MANAGER),
    }


@router.get("/ask")
def request_form(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """The form for a training request."""
    return page("desk/training/ask.html", form=form, **_context(session, actor))


@router.post("/ask", dependencies=[screened_of_staff])
def create_request(page: Render, session: Writing, actor: Staff, form: ReadForm) -> Response:
    """Create a training request."""
    if training_request := form.read(TrainingRequestInput):
        with form.trying(session):
            made = requests.request_training(session, actor, training_request)
            return _sent(made.ticket_number)
    return page("desk/training/ask.html", form=form, **_context(session, actor))


def _sent(ticket_number: int | None) -> Response:
    """Back to one's own requests; to what to do now, if a clinician must read what was asked."""
    if ticket_number is None:
        return redirect("/training", "Your request was sent to the navigators.")
    concern = "What you wrote may speak of risk, so a clinician is told to read it. See below what to do."
    return redirect(f"/tickets/{ticket_number}", f"Your request was sent to the navigators. {concern}")


@router.post("/requests/{id}/withdrawal")
def withdraw_request(session: Writing, actor: Staff, id: PathId) -> Response:
    """Withdraw one's own request."""
    requests.withdraw(session, actor, id)
    return redirect("/training", "Your request was withdrawn.")


@router.get("/requests/{id}")
def show_request(page: Render, session: Reading, actor: Navigator, form: ReadForm, id: PathId) -> Response:
    """One request, to be answered."""
    return _request_page(page, session, actor, form, id)


def _request_page(page: PageRenderer, session: Session, actor: Actor, form: Form, id: int) -> Response:
    training_request = requests.find_open_request(session, actor, id)
    return page("desk/training/request.html", form=form, request=training_request, **_context(session, actor))


@router.post("/requests/{id}/answer")
def answer(page: Render, session: Writing, actor: Navigator, form: ReadForm, id: PathId) -> Response:
    """Answer it at once."""
    if answer_input := form.read(AnswerInput):
        with form.trying(session):
            requests.answer(session, actor, id, answer_input)
            return redirect("/training", "Your answer was saved, and the person is told.")
    return _request_page(page, session, actor, form, id)


@router.post("/from/{number}", dependencies=[screened_of_staff])
def from_ticket(session: Writing, actor: Navigator, form: ReadForm, number: PathId) -> Response:
    """Turn a practitioner's how-to ticket into a request."""
    requests.request_from_ticket(session, actor, number, form.value("topic"))
    return redirect(f"/tickets/{number}", "This is a training request now. See it under Training.")


@router.get("/plan")
def plan_form(page: Render, session: Reading, actor: Navigator, form: ReadForm) -> Response:
    """The form for a session: when and where, and whose requests it answers."""
    return _plan_page(page, session, actor, form)


def _plan_page(page: PageRenderer, session: Session, actor: Actor, form: Form) -> Response:
    waiting = sessions.list_open_requests(session, actor)
    return page("desk/training/plan.html", form=form, waiting=waiting, **_context(session, actor))


@router.post("/plan")
def plan(page: Render, session: Writing, actor: Navigator, form: ReadForm) -> Response:
    """Plan a session."""
    if plan_input := form.read(TrainingSessionInput):
        with form.trying(session):
            sessions.plan_session(session, actor, plan_input)
            return redirect("/training", "The session is planned. Everybody with a place is told.")
    return _plan_page(page, session, actor, form)


@router.get("/sessions/{id}")
def show_session(page: Render, session: Reading, actor: Viewer, id: PathId) -> Response:
    """One session and who has a place."""
    return _session_page(page, session, actor, Form(), id)


def _session_page(page: PageRenderer, session: Session, actor: Actor, form: Form, id: int) -> Response:
    attendance = sessions.attendance_of(session, actor, id)
    return page("desk/training/session.html", form=form, attendance=attendance, **_context(session, actor))


@router.post("/sessions/{id}/attendance")
def record_attendance(
    page: Render, session: Writing, actor: Navigator, form: ReadForm, id: PathId
) -> Response:
    """Record who came."""
    if attendance := form.read(AttendanceInput):
        with form.trying(session):
            sessions.record_attendance(session, actor, id, attendance)
            return redirect("/training", "Saved who came.")
    return _session_page(page, session, actor, form, id)


@router.post("/sessions/{id}/cancellation")
def cancel_session(session: Writing, actor: Navigator, id: PathId) -> Response:
    """Cancel a session."""
    sessions.cancel_session(session, actor, id)
    return redirect("/training", "The session was cancelled. Everybody with a place is told.")
