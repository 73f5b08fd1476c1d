"""Routes for training sessions: planned, moved, cancelled, booked for practitioners, and who came."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.deps import Caller, Reading, Router, Writing, audience
from api.errors import error_responses
from api.pagination import After
from navigator.fields import Email, Id
from navigator.pagination import SortKey, page_of, sort_key
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training import by_key, seats, session_list, sessions
from navigator.training.by_key import (
    NamedAttendanceInput,
    NamedBookingInput,
    NamedSessionInput,
    SeatByAddress,
)
from navigator.training.inputs import SessionChangeInput
from navigator.training.session_list import NO_PLACES, Places
from navigator.training.tables import SeatState, TrainingSession

router = Router(prefix="/training/sessions", tags=["training"], responses=error_responses(401, 403))
organisers = audience(Role.NAVIGATOR, Role.MANAGER)
trainers = audience(Role.NAVIGATOR)


class SessionOut(BaseModel):
    """A session, and how many places of it are taken."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    topic: str
    title: str
    starts_at: datetime
    minutes: int
    places: int
    venue: str
    held_at: datetime | None
    cancelled_at: datetime | None
    taken: int = Field(default=0, description="How many places somebody has")
    waiting: int = Field(default=0, description="How many people wait for a place")


class SessionPage(BaseModel):
    """A page of upcoming sessions, soonest first, and the cursor of the next page."""

    sessions: list[SessionOut]
    next: str | None


class SeatOut(BaseModel):
    """Somebody on the list of a session, by their address at the desk."""

    model_config = ConfigDict(from_attributes=True)

    email: str
    state: SeatState
    came: bool | None = Field(validation_alias="attended", description="Null until it was noted who came")


class SessionDetail(SessionOut):
    """A session with its list, first booked first."""

    seats: list[SeatOut]


class SeatBody(BaseModel):
    """Somebody on the list of a session."""

    model_config = ConfigDict(extra="forbid")

    email: Email = Field(min_length=1, description="Their address at the desk")


@router.get("", dependencies=[organisers])
def list_sessions(session: Reading, actor: Caller, after: After = None) -> SessionPage:
    """What is planned."""
    upcoming, following = page_of(session_list.upcoming_sessions(session, actor), _sort_key, after)
    places = session_list.places_of(session, actor, upcoming)
    rows = [_session_out(one, places.get(one.id, NO_PLACES)) for one in upcoming]
    return SessionPage(sessions=rows, next=following)


def _sort_key(training_session: TrainingSession) -> SortKey:
    return sort_key(training_session.starts_at, training_session.id)


def _session_out(planned: TrainingSession, places: Places) -> SessionOut:
    counts = {"taken": places.taken, "waiting": places.waiting}
    return SessionOut.model_validate(planned).model_copy(update=counts)


@router.post("", dependencies=[trainers], responses=error_responses(404))
def plan_session(session: Writing, actor: Caller, body: NamedSessionInput) -> SessionDetail:
    """Plan a session."""
    return _detail(session, actor, by_key.plan_session(session, actor, body).id)


@router.get("/{id}", dependencies=[organisers], responses=error_responses(404))
def show_session(session: Reading, actor: Caller, id: Id) -> SessionDetail:
    """One session with its list."""
    return _detail(session, actor, id)


def _detail(session: Session, actor: Actor, id: int) -> SessionDetail:
    attendance = session_list.attendance_of(session, actor, id)
    listed = by_key.seats_by_address(session, attendance)
    planned = attendance.training_session
    counts = {
        "taken": len(attendance.in_state(SeatState.BOOKED)),
        "waiting": len(attendance.in_state(SeatState.WAITING)),
    }
    return SessionDetail(
        **_session_out(planned, NO_PLACES).model_dump() | counts, seats=[_seat_out(one) for one in listed]
    )


def _seat_out(seat: SeatByAddress) -> SeatOut:
    return SeatOut.model_validate(seat)


@router.post("/{id}/change", dependencies=[trainers], responses=error_responses(404, 409))
def change_session(session: Writing, actor: Caller, id: Id, body: SessionChangeInput) -> SessionDetail:
    """Move a session, or change its places; who has a place is told."""
    sessions.change_session(session, actor, id, body)
    return _detail(session, actor, id)


@router.post("/{id}/cancel", dependencies=[trainers], responses=error_responses(404, 409))
def cancel_training_session(session: Writing, actor: Caller, id: Id) -> SessionDetail:
    """Cancel a session; everybody on its list is told."""
    sessions.cancel_session(session, actor, id)
    return _detail(session, actor, id)


@router.post("/{id}/book", dependencies=[organisers], responses=error_responses(404, 409))
def book_training(session: Writing, actor: Caller, id: Id, body: NamedBookingInput) -> SessionDetail:
    """Book a practitioner a place while there is one, else a place on the waiting list; they are told."""
    by_key.book(session, actor, id, body)
    return _detail(session, actor, id)


@router.post("/{id}/take-off", dependencies=[trainers], responses=error_responses(404, 409))
def take_off_training(session: Writing, actor: Caller, id: Id, body: SeatBody) -> SessionDetail:
    """Take a practitioner off the list; they are told, and whoever waited longest moves up."""
    seats.take_off(session, actor, id, by_key.user_on_list(session, actor, id, body.email))
    return _detail(session, actor, id)


@router.post("/{id}/attendance", dependencies=[trainers], responses=error_responses(404, 409))
def record_attendance(session: Writing, actor: Caller, id: Id, body: NamedAttendanceInput) -> SessionDetail:
    """Say who came; the others' requests are open again."""
    by_key.record_attendance(session, actor, id, body)
    return _detail(session, actor, id)
