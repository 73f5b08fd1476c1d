"""Training by the API: a key acts for staff of its service, whom it names by their address."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pydantic import Field
from sqlmodel import Session, col, select

from navigator.catalogue.lookups import service_by_code
from navigator.errors import Invalid
from navigator.fields import Email, Input
from navigator.people.actor import Actor
from navigator.people.user import Role, User
from navigator.training import seats, sessions
from navigator.training.inputs import AttendanceInput, BookingInput, Confidence, TrainingSessionInput
from navigator.training.requests import colleague
from navigator.training.session_list import SessionAttendance, attendance_of, find_session
from navigator.training.tables import Attendance, TrainingSession


class NamedSessionInput(TrainingSessionInput):
    """A session to plan, and the navigator who leads it."""

    led_by: Email = Field(min_length=1, description="The navigator's address at the desk")


class NamedBookingInput(BookingInput):
    """A practitioner to book a place for."""

    email: Email = Field(min_length=1, description="The practitioner's address at the desk")


class NamedAttendanceInput(Input):
    """Who came to a session, and how confident they are after it, by their addresses at the desk."""

    came: list[Email] = Field(default_factory=list, max_length=200)
    confidence: dict[Email, Confidence] = Field(default_factory=dict, max_length=200)


@dataclass(frozen=True)
class SeatByAddress:
    """A seat, and the address of its user."""

    email: str
    state: str
    attended: bool | None


def plan_session(session: Session, key: Actor, session_input: NamedSessionInput) -> TrainingSession:
    """Plan a session that a navigator of the key's service leads."""
    service = service_by_code(session, session_input.service)
    trainer = colleague(session, key, service.id, session_input.led_by, Role.NAVIGATOR)
    values = session_input.model_dump(include=set(TrainingSessionInput.model_fields))
    return sessions.plan_session(session, trainer, TrainingSessionInput.model_validate(values))


def book(session: Session, key: Actor, session_id: int, booking: NamedBookingInput) -> Attendance:
    """Book a practitioner of the session's service a place, or one on its waiting list."""
    service_id = find_session(session, key, session_id).service_id
    practitioner = colleague(session, key, service_id, booking.email)
    return seats.book(session, practitioner, session_id, BookingInput(confidence=booking.confidence))


def user_on_list(session: Session, key: Actor, session_id: int, email: str) -> int:
    """The id of the user with that address on the list of a session."""
    return _ids_of(session, attendance_of(session, key, session_id), [email])[email]


def record_attendance(
    session: Session, key: Actor, session_id: int, attendance_input: NamedAttendanceInput
) -> TrainingSession:
    """Record who came, by their addresses."""
    told = attendance_input.confidence
    ids = _ids_of(session, attendance_of(session, key, session_id), {*attendance_input.came, *told})
    by_id = AttendanceInput(
        came=[ids[email] for email in attendance_input.came],
        confidence={str(ids[email]): number for email, number in told.items()},
    )
    return sessions.record_attendance(session, key, session_id, by_id)


def _ids_of(session: Session, attendance: SessionAttendance, emails: Collection[str]) -> dict[str, int]:
    known = {seat.email: id for id, seat in _by_id(session, attendance).items()}
    if any(email.casefold() not in known for email in emails):
        raise Invalid("There is a problem", {"email": "Somebody named here is not on the list."})
    return {email: known[email.casefold()] for email in emails}


def seats_by_address(session: Session, attendance: SessionAttendance) -> Sequence[SeatByAddress]:
    """The list of a session with the addresses of its people, first booked first."""
    return [*_by_id(session, attendance).values()]


def _by_id(session: Session, attendance: SessionAttendance) -> dict[int, SeatByAddress]:
    ids = [seat.user_id for seat in attendance.seats]
    emails = dict(session.exec(select(User.id, User.email).where(col(User.id).in_(ids))).all())
    return {
        seat.user_id: SeatByAddress(emails[seat.user_id], seat.state, seat.attended)
        for seat in attendance.seats
    }
