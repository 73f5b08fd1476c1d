"""Training sessions: planned with date and places, held, and who came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, delete, select

from navigator import clock
from navigator.catalogue.lookups import service_by_code
from navigator.errors import Conflict, Forbidden, Invalid, NotFound
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.user import Role, User
from navigator.training.inputs import AttendanceInput, PlanInput
from navigator.training.requests import OPEN, request_to_answer
from navigator.training.tables import Attendance, RequestStatus, TrainingRequest, TrainingSession
from navigator.training.topics import BY_ID


def plan(session: Session, actor: Actor, what: PlanInput) -> TrainingSession:
    """Plan a session and give places to those whose requests it answers; each gets a letter."""
    service = service_by_code(session, what.service)
    if service.id not in actor.services(Role.NAVIGATOR) or actor.user_id is None:
        raise Forbidden("Only a navigator of the service plans its training.")
    planned = TrainingSession(
        service_id=service.id,
        topic=what.topic if what.topic in BY_ID else "own_words",
        title=what.title,
        starts_at=_moment(what),
        minutes=what.minutes,
        places=what.places,
        venue=what.venue,
        led_by=actor.user_id,
    )
    session.add(planned)
    session.flush()
    for request_id in what.requests:
        join(session, actor, planned.id, request_id)
    return planned


def _moment(what: PlanInput) -> datetime:
    at = datetime.combine(what.on, what.at, clock.LONDON).astimezone(UTC)
    if at <= clock.now():
        raise Invalid("There is a problem", {"on": "Choose a date and time to come"})
    return at


def join(session: Session, actor: Actor, session_id: int, request_id: int) -> TrainingRequest:
    """Give the one who asked a place in a session, while there are places."""
    planned = _planned(session, actor, session_id)
    request = request_to_answer(session, actor, request_id)
    taken = session.exec(select(Attendance.user_id).where(Attendance.session_id == planned.id)).all()
    if request.asked_by not in taken:
        if len(taken) >= planned.places:
            raise Conflict("This session is full.")
        session.add(Attendance(session_id=planned.id, user_id=request.asked_by))
    request.session_id, request.status = planned.id, RequestStatus.PLANNED
    session.flush()
    enqueue(session, "training_planned", Recipient.USER, request.asked_by)
    return request


def record_attendance(
    session: Session, actor: Actor, session_id: int, what: AttendanceInput
) -> TrainingSession:
    """Record who came; the requests of those are done, those of the others are open again."""
    planned = _planned(session, actor, session_id)
    planned.held_at = clock.now()
    seats = session.exec(select(Attendance).where(Attendance.session_id == planned.id)).all()
    for seat in seats:
        seat.attended = seat.user_id in what.came
        seat.confidence_after = _confidence(what, seat.user_id) if seat.attended else None
    for request in session.exec(select(TrainingRequest).where(TrainingRequest.session_id == planned.id)):
        if request.asked_by in what.came:
            request.status, request.settled_at = RequestStatus.DONE, clock.now()
        else:
            request.status, request.session_id = RequestStatus.ASKED, None
    return planned


def _confidence(what: AttendanceInput, user_id: int) -> int | None:
    given = what.confidence.get(str(user_id))
    if given is not None and not 0 <= given <= 10:
        raise Invalid("There is a problem", {f"confidence.{user_id}": "Give a number from 0 to 10"})
    return given


def cancel(session: Session, actor: Actor, session_id: int) -> TrainingSession:
    """Cancel a session: whoever had a place waits again, and is told."""
    planned = _planned(session, actor, session_id)
    planned.cancelled_at = clock.now()
    for request in session.exec(select(TrainingRequest).where(TrainingRequest.session_id == planned.id)):
        request.status, request.session_id = RequestStatus.ASKED, None
        enqueue(session, "training_cancelled", Recipient.USER, request.asked_by)
    session.exec(delete(Attendance).where(col(Attendance.session_id) == planned.id))
    return planned


def _planned(session: Session, actor: Actor, session_id: int) -> TrainingSession:
    planned = session.get(TrainingSession, session_id, with_for_update=True)
    if planned is None or planned.service_id not in actor.services(Role.NAVIGATOR):
        raise NotFound("We cannot find that session.")
    if planned.held_at or planned.cancelled_at:
        raise Conflict("This session is over.")
    return planned


@dataclass(frozen=True)
class SessionAttendance:
    """A session with the names of those who have a place."""

    planned: TrainingSession
    seats: Sequence[Attendance]
    names: Mapping[int, str]


def attendance_of(session: Session, actor: Actor, session_id: int) -> SessionAttendance:
    """One session of a service in which the actor is a navigator or manager."""
    planned = session.get(TrainingSession, session_id)
    if planned is None or planned.service_id not in actor.services(Role.NAVIGATOR, Role.MANAGER):
        raise NotFound("We cannot find that session.")
    query = select(Attendance, User.name).join(User).where(Attendance.session_id == session_id)
    rows = session.exec(query.order_by(User.name)).all()
    return SessionAttendance(planned, [seat for seat, _ in rows], {seat.user_id: name for seat, name in rows})


def upcoming(session: Session, actor: Actor) -> list[TrainingSession]:
    """The sessions still to be held in the actor's services, soonest first."""
    query = (
        select(TrainingSession)
        .where(col(TrainingSession.service_id).in_(sorted(actor.services())))
        .where(col(TrainingSession.held_at).is_(None), col(TrainingSession.cancelled_at).is_(None))
        .order_by(col(TrainingSession.starts_at))
    )
    return list(session.exec(query))


def waiting(session: Session, actor: Actor) -> list[tuple[TrainingRequest, str]]:
    """The open requests in the services whose training the actor looks after, longest waiting first."""
    mine = sorted(actor.services(Role.NAVIGATOR, Role.MANAGER))
    query = (
        select(TrainingRequest, User.name)
        .join(User, col(User.id) == col(TrainingRequest.asked_by))
        .where(col(TrainingRequest.service_id).in_(mine), col(TrainingRequest.status).in_(OPEN))
        .order_by(col(TrainingRequest.asked_at), col(TrainingRequest.id))
    )
    return list(session.exec(query))


@dataclass(frozen=True)
class Demand:
    """How many ask for a topic in a service, and since when the first has waited."""

    service_id: int
    topic: str
    asked: int
    since: datetime


def demand(session: Session, actor: Actor) -> list[Demand]:
    """What is asked for, by topic and service, most wanted first."""
    found: dict[tuple[int, str], list[TrainingRequest]] = {}
    for request, _ in waiting(session, actor):
        found.setdefault((request.service_id, request.topic), []).append(request)
    rows = [
        Demand(service, topic, len(asked), asked[0].asked_at) for (service, topic), asked in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.asked, row.since))
