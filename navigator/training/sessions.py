"""Training sessions: planning, attendance, cancellation, and the demand by topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from navigator import clock
from navigator.catalogue.lookups import service_by_code
from navigator.errors import Conflict, Forbidden, Invalid, NotFound
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.user import Role, User
from navigator.training.inputs import AttendanceInput, TrainingSessionInput
from navigator.training.requests import OPEN_STATUSES, find_open_request
from navigator.training.tables import Attendance, RequestStatus, TrainingRequest, TrainingSession
from navigator.training.topics import BY_ID


def plan_session(session: Session, actor: Actor, session_input: TrainingSessionInput) -> TrainingSession:
    """Plan a session and add those whose requests it answers; each is notified."""
    service = service_by_code(session, session_input.service)
    if service.id not in actor.services(Role.NAVIGATOR) or actor.user_id is None:
        raise Forbidden("Only a navigator of the service plans its training.")
    training_session = TrainingSession(
        service_id=service.id,
        topic=session_input.topic if session_input.topic in BY_ID else "own_words",
        title=session_input.title,
        starts_at=_start_of(session_input),
        minutes=session_input.minutes,
        places=session_input.places,
        venue=session_input.venue,
        led_by=actor.user_id,
    )
    session.add(training_session)
    session.flush()
    for request_id in session_input.requests:
        add_attendee(session, actor, training_session.id, request_id)
    return training_session


def _start_of(session_input: TrainingSessionInput) -> datetime:
    starts_at = clock.london_time(session_input.on, session_input.at)
    if starts_at <= clock.now():
        raise Invalid("There is a problem", {"on": "Choose a date and time to come"})
    return starts_at


def add_attendee(session: Session, actor: Actor, session_id: int, request_id: int) -> TrainingRequest:
    """Give the author of a request a place in a session, while there are places."""
    training_session = _find_open_session(session, actor, session_id)
    request = find_open_request(session, actor, request_id)
    attendee_ids = session.exec(
        select(Attendance.user_id).where(Attendance.session_id == training_session.id)
    ).all()
    if request.asked_by not in attendee_ids:
        if len(attendee_ids) >= training_session.places:
            raise Conflict("This session is full.")
        session.add(Attendance(session_id=training_session.id, user_id=request.asked_by))
    request.session_id, request.status = training_session.id, RequestStatus.PLANNED
    session.flush()
    enqueue(session, "training_planned", Recipient.USER, request.asked_by)
    return request


def record_attendance(
    session: Session, actor: Actor, session_id: int, attendance_input: AttendanceInput
) -> TrainingSession:
    """Record the attendance; requests of those who came are done, those of the others are open again."""
    training_session = _find_open_session(session, actor, session_id)
    training_session.held_at = clock.now()
    seats = session.exec(select(Attendance).where(Attendance.session_id == training_session.id)).all()
    for seat in seats:
        seat.attended = seat.user_id in attendance_input.came
        seat.confidence_after = _confidence_of(attendance_input, seat.user_id) if seat.attended else None
    for request in session.exec(
        select(TrainingRequest).where(TrainingRequest.session_id == training_session.id)
    ):
        if request.asked_by in attendance_input.came:
            request.status, request.settled_at = RequestStatus.DONE, clock.now()
        else:
            request.status, request.session_id = RequestStatus.ASKED, None
    return training_session


def _confidence_of(attendance_input: AttendanceInput, user_id: int) -> int | None:
    confidence = attendance_input.confidence.get(str(user_id))
    if confidence is not None and not 0 <= confidence <= 10:
        raise Invalid("There is a problem", {f"confidence.{user_id}": "Give a number from 0 to 10"})
    return confidence


def cancel_session(session: Session, actor: Actor, session_id: int) -> TrainingSession:
    """Cancel a session: the requests of its attendees are open again, and they are notified."""
    training_session = _find_open_session(session, actor, session_id)
    training_session.cancelled_at = clock.now()
    for request in session.exec(
        select(TrainingRequest).where(TrainingRequest.session_id == training_session.id)
    ):
        request.status, request.session_id = RequestStatus.ASKED, None
        enqueue(session, "training_cancelled", Recipient.USER, request.asked_by)
    session.exec(delete(Attendance).where(col(Attendance.session_id) == training_session.id))
    return training_session


def _find_open_session(session: Session, actor: Actor, session_id: int) -> TrainingSession:
    training_session = session.get(TrainingSession, session_id, with_for_update=True)
    if training_session is None or training_session.service_id not in actor.services(Role.NAVIGATOR):
        raise NotFound("We cannot find that session.")
    if training_session.held_at or training_session.cancelled_at:
        raise Conflict("This session is over.")
    return training_session


@dataclass(frozen=True)
class SessionAttendance:
    """A session with the places taken, and the names of their users."""

    training_session: TrainingSession
    seats: Sequence[Attendance]
    names: Mapping[int, str]


def attendance_of(session: Session, actor: Actor, session_id: int) -> SessionAttendance:
    """The attendance of a session of a service in which the actor is a navigator or manager."""
    training_session = session.get(TrainingSession, session_id)
    if training_session is None or training_session.service_id not in actor.services(
        Role.NAVIGATOR, Role.MANAGER
    ):
        raise NotFound("We cannot find that session.")
    query = select(Attendance, User.name).join(User).where(Attendance.session_id == session_id)
    rows = session.exec(query.order_by(User.name)).all()
    return SessionAttendance(
        training_session, [seat for seat, _ in rows], {seat.user_id: name for seat, name in rows}
    )


def upcoming_sessions(session: Session, actor: Actor) -> list[TrainingSession]:
    """The sessions still to be held in the actor's services, soonest first."""
    query = (
        select(TrainingSession)
        .where(col(TrainingSession.service_id).in_(sorted(actor.services())))
        .where(col(TrainingSession.held_at).is_(None), col(TrainingSession.cancelled_at).is_(None))
        .order_by(col(TrainingSession.starts_at))
    )
    return list(session.exec(query))


def list_open_requests(session: Session, actor: Actor) -> list[tuple[TrainingRequest, str]]:
    """The open requests in the services where the actor is a navigator or manager, longest waiting first."""
    service_ids = sorted(actor.services(Role.NAVIGATOR, Role.MANAGER))
    query = (
        select(TrainingRequest, User.name)
        .join(User, col(User.id) == col(TrainingRequest.asked_by))
        .where(
            col(TrainingRequest.service_id).in_(service_ids), col(TrainingRequest.status).in_(OPEN_STATUSES)
        )
        .order_by(col(TrainingRequest.asked_at), col(TrainingRequest.id))
    )
    return list(session.exec(query))


@dataclass(frozen=True)
class Demand:
    """The number of open requests for a topic in a service, and since when the first has waited."""

    service_id: int
    topic: str
    request_count: int
    since: datetime


def demand(session: Session, actor: Actor) -> list[Demand]:
    """The open requests counted by topic and service, most wanted first."""
    requests_by_topic: dict[tuple[int, str], list[TrainingRequest]] = {}
    for request, _ in list_open_requests(session, actor):
        requests_by_topic.setdefault((request.service_id, request.topic), []).append(request)
    rows = [
        Demand(service, topic, len(requests), requests[0].asked_at)
        for (service, topic), requests in requests_by_topic.items()
    ]
    return sorted(rows, key=lambda row: (-row.request_count, row.since))
