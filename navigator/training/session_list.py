"""Sessions as they are read: those to come with their places, and one with its list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, and_, col, exists, func, or_, select

from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User
from navigator.training.tables import Attendance, SeatState, TrainingSession

IS_MEMBER = (
    exists()
    .where(
        col(Membership.user_id) == col(Attendance.user_id),
        col(Membership.service_id) == col(TrainingSession.service_id),
    )
    .correlate(Attendance, TrainingSession)
)
"""That whoever has a seat works in its session's service: nobody else can open the session."""


def upcoming_sessions(session: Session, actor: Actor) -> list[TrainingSession]:
    """The sessions still to be held in the actor's services, soonest first."""
    query = (
        select(TrainingSession)
        .where(col(TrainingSession.service_id).in_(sorted(actor.services())))
        .where(col(TrainingSession.held_at).is_(None), col(TrainingSession.cancelled_at).is_(None))
        .order_by(col(TrainingSession.starts_at), col(TrainingSession.id))
    )
    return list(session.exec(query))


@dataclass(frozen=True)
class Places:
    """How many places of a session are taken, how many wait for one, and the reader's own seat in it."""

    taken: int = 0
    waiting: int = 0
    own: Attendance | None = None


NO_PLACES = Places()


def places_of(session: Session, actor: Actor, sessions: Sequence[TrainingSession]) -> Mapping[int, Places]:
    """The places of sessions, by the ids of those that anybody has a seat in."""
    ids = [one.id for one in sessions]
    state = col(Attendance.state)
    taken, waiting = (func.count().filter(state == one) for one in (SeatState.BOOKED, SeatState.WAITING))
    query = select(Attendance.session_id, taken, waiting).where(col(Attendance.session_id).in_(ids))
    own = select(Attendance).where(
        col(Attendance.session_id).in_(ids),
        Attendance.user_id == actor.user_id,
        Attendance.state != SeatState.LEFT,
    )
    seats = {seat.session_id: seat for seat in session.exec(own)}
    rows = session.exec(query.group_by(col(Attendance.session_id)))
    return {id: Places(booked, waits, seats.get(id)) for id, booked, waits in rows}


@dataclass(frozen=True)
class SessionAttendance:
    """A session with the seats on its list, first booked first, and the names of their users."""

    training_session: TrainingSession
    seats: Sequence[Attendance]
    names: Mapping[int, str]

    def in_state(self, state: SeatState) -> list[Attendance]:
        """The seats in one state."""
        return [seat for seat in self.seats if seat.state == state]


def attendance_of(session: Session, actor: Actor, session_id: int) -> SessionAttendance:
    """The list of a session of a service in which the actor is a navigator or manager."""
    training_session = find_session(session, actor, session_id)
    if training_session.service_id not in actor.services(Role.NAVIGATOR, Role.MANAGER):
        raise NotFound("We cannot find that session.")
    query = select(Attendance, User.name).join(User).where(Attendance.session_id == session_id)
    query = query.where(Attendance.state != SeatState.LEFT)
    rows = session.exec(query.order_by(col(Attendance.booked_at), col(Attendance.user_id))).all()
    return SessionAttendance(
        training_session, [seat for seat, _ in rows], {seat.user_id: name for seat, name in rows}
    )


def find_session(session: Session, actor: Actor, session_id: int) -> TrainingSession:
    """A session of a service of the actor."""
    training_session = session.get(TrainingSession, session_id)
    if training_session is None or training_session.service_id not in actor.services():
        raise NotFound("We cannot find that session.")
    return training_session


def position(session: Session, seat: Attendance) -> int:
    """Which of those who wait for a place a seat is; 0 for one that has a place."""
    if seat.state != SeatState.WAITING:
        return 0
    booked_at = col(Attendance.booked_at)
    is_not_later = or_(
        booked_at < seat.booked_at,
        and_(booked_at == seat.booked_at, col(Attendance.user_id) <= seat.user_id),
    )
    query = select(func.count()).where(
        Attendance.session_id == seat.session_id, Attendance.state == SeatState.WAITING, is_not_later
    )
    return session.exec(query).one()
