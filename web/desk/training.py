"""Training: requests and their demand, what is planned, and one's own record."""

from typing import Annotated, Any

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import programmes_of, services
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training import demand, record, requests, seats, session_list, sessions
from navigator.training.confidence_scale import CONFIDENCE_CHOICES
from navigator.training.inputs import AnswerInput, TrainingRequestInput, TrainingSessionInput
from navigator.training.recurring import recurring_of, recurring_topics
from navigator.training.results import results
from navigator.training.session_list import NO_PLACES
from navigator.training.tables import TrainingFormat
from navigator.training.topics import BY_ID, TOPICS
from web.kit.deps import PathId, PathNumber, Reading, Router, Staff, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.screen_ahead import screened_of_staff
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/training")

Navigator = Annotated[Actor, audience(Role.NAVIGATOR)]

FORMATS = (
    (TrainingFormat.ANSWER, "A five-minute answer"),
    (TrainingFormat.ONE_TO_ONE, "One to one"),
    (TrainingFormat.GROUP, "In a group"),
)


@router.get("")
def training(page: Render, session: Reading, actor: Staff) -> Response:
    """My own requests, and the sessions to come; for navigators and managers also what is wanted."""
    context = _own(session, actor) | _demand(session, actor) | training_context(session, actor)
    return page("desk/training/training.html", **context)


def _own(session: Session, actor: Actor) -> dict[str, Any]:
    """What somebody asked for, keeps asking about, and can book."""
    planned = session_list.upcoming_sessions(session, actor)
    return {
        "own_requests": requests.list_own(session, actor),
        "recurring": recurring_of(session, actor, actor.user_id or 0),
        "planned": planned,
        "places": session_list.places_of(session, actor, planned),
        "no_places": NO_PLACES,
    }


def _demand(session: Session, actor: Actor) -> dict[str, Any]:
    """Open requests, what is asked about again and again, and results, for navigators and managers."""
    sees_all = actor.has(Role.NAVIGATOR, Role.MANAGER)
    of_services = actor.services(Role.NAVIGATOR, Role.MANAGER)
    return {
        "waiting": demand.list_open_requests(session, actor),
        "demand": demand.demand(session, actor),
        "sees_all": sees_all,
        "results": results(session, actor) if sees_all else [],
        "topics_again": recurring_topics(session, actor, of_services) if sees_all else [],
    }


def training_context(session: Session, actor: Actor) -> dict[str, Any]:
    """Template context of every page about training: choices, names and permissions."""
    own = [service for service in services(session) if service.id in actor.services()]
    programmes = {each.code: each.name for service in own for each in programmes_of(session, service.id)}
    return {
        "services": {service.id: service for service in own},
        "programme_choices": list(programmes.items()),
        "topic_choices": [(topic.id, topic.label) for topic in TOPICS],
        "topic": BY_ID,
        "format_choices": FORMATS,
        "confidence_choices": CONFIDENCE_CHOICES,
        "may_plan": actor.has(Role.NAVIGATOR),
        "is_manager": actor.has(Role.MANAGER),
    }


@router.get("/ask")
def request_form(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """The form for a training request."""
    return page("desk/training/ask.html", form=form, **training_context(session, actor))


@router.post("/ask", dependencies=[screened_of_staff])
def create_request(page: Render, session: Writing, actor: Staff, form: ReadForm) -> Response:
    """Create a training request."""
    if training_request := form.read(TrainingRequestInput):
        with form.trying(session):
            made = requests.request_training(session, actor, training_request)
            return _sent(made.ticket_number)
    return page("desk/training/ask.html", form=form, **training_context(session, actor))


def _sent(ticket_number: int | None) -> Response:
    """Back to one's own requests; to what to do now, if a clinician must read what was asked."""
    if ticket_number is None:
        return redirect("/training", "Your request was sent to the navigators.")
    concern = "What you wrote may speak of risk, so a clinician is told to read it. See below what to do."
    return redirect(f"/tickets/{ticket_number}", f"Your request was sent to the navigators. {concern}")


@router.post("/requests/{id}/withdrawal")
def withdraw_request(session: Writing, actor: Staff, id: PathId) -> Response:
    """Withdraw one's own request, and give up the place that was to answer it."""
    seats.withdraw(session, actor, id)
    return redirect("/training", "Your request was withdrawn.")


@router.get("/requests/{id}")
def show_request(page: Render, session: Reading, actor: Navigator, form: ReadForm, id: PathId) -> Response:
    """One request, to be answered."""
    return _request_page(page, session, actor, form, id)


def _request_page(page: PageRenderer, session: Session, actor: Actor, form: Form, id: int) -> Response:
    asked, context = requests.find_open_request(session, actor, id), training_context(session, actor)
    return page("desk/training/request.html", form=form, request=asked, **context)


@router.post("/requests/{id}/answer")
def answer(page: Render, session: Writing, actor: Navigator, form: ReadForm, id: PathId) -> Response:
    """Answer it at once."""
    if answer_input := form.read(AnswerInput):
        with form.trying(session):
            requests.answer(session, actor, id, answer_input)
            return redirect("/training", "Your answer was saved, and the person is told.")
    return _request_page(page, session, actor, form, id)


@router.post("/from/{number}", dependencies=[screened_of_staff])
def from_ticket(session: Writing, actor: Navigator, form: ReadForm, number: PathNumber) -> Response:
    """Turn a practitioner's how-to ticket into a request."""
    requests.request_from_ticket(session, actor, number, form.value("topic"))
    return redirect(f"/tickets/{number}", "This is a training request now. See it under Training.")


@router.get("/plan")
def plan_form(page: Render, session: Reading, actor: Navigator, form: ReadForm) -> Response:
    """The form for a session: when and where, and whose requests it answers."""
    return _plan_page(page, session, actor, form)


def _plan_page(page: PageRenderer, session: Session, actor: Actor, form: Form) -> Response:
    waiting, context = demand.list_open_requests(session, actor), training_context(session, actor)
    return page("desk/training/plan.html", form=form, waiting=waiting, **context)


@router.post("/plan")
def plan(page: Render, session: Writing, actor: Navigator, form: ReadForm) -> Response:
    """Plan a session."""
    if plan_input := form.read(TrainingSessionInput):
        with form.trying(session):
            sessions.plan_session(session, actor, plan_input)
            return redirect("/training", "The session is planned. Everybody with a place is told.")
    return _plan_page(page, session, actor, form)


@router.get("/record")
def show_record(page: Render, session: Reading, actor: Staff) -> Response:
    """The sessions that somebody came to, for their own record."""
    return page("desk/training/record.html", attended=record.attended_by(session, actor))


@router.get("/record.pdf")
def download_record(session: Reading, actor: Staff) -> Response:
    """That record as a PDF."""
    return file_response(record.record_pdf(session, actor), "application/pdf", "training-record.pdf")


def file_response(content: bytes, media_type: str, name: str) -> Response:
    """A file to download."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
