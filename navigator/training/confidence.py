"""Confidence after a session, straight after it and six to eight weeks later: asked, reminded once, answered.

Six to eight weeks is when it shows whether confidence lasts; nobody has to answer.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, and_, col, exists, or_, select, update

from navigator import clock
from navigator.errors import Conflict, NotFound
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.small_numbers import MIN_COUNT
from navigator.training.inputs import ConfidenceInput
from navigator.training.invitations import ASKED_LATER
from navigator.training.session_list import IS_MEMBER, find_session
from navigator.training.tables import Attendance, TrainingSession

LATER_FROM, REMINDED_AT, LATER_UNTIL = timedelta(weeks=6), timedelta(weeks=7), timedelta(weeks=8)
KEPT_FOR = timedelta(days=730)
"""How long what one person told is kept: two years, in which a yearly report has been made twice."""


@dataclass(frozen=True)
class Asked:
    """A session of which somebody is asked how confident they are; `column` is where their answer is kept."""

    training_session: TrainingSession
    seat: Attendance
    column: str

    @property
    def answer(self) -> int | None:
        """What they told, if they did."""
        value: int | None = getattr(self.seat, self.column)
        return value


def asked_of(session: Session, actor: Actor, session_id: int) -> Asked:
    """What the actor is asked about a session now; there is no question for who did not come, or too late."""
    training_session = find_session(session, actor, session_id)
    seat = session.get(Attendance, (session_id, actor.user_id or 0))
    if seat is None or not seat.attended:
        raise NotFound("This question is for those who came to the session.")
    since = clock.now() - training_session.starts_at
    if since >= LATER_UNTIL:
        raise Conflict("This question is closed. It was open for eight weeks after the session.")
    return Asked(training_session, seat, "confidence_later" if since >= LATER_FROM else "confidence_after")


def tell_confidence(session: Session, actor: Actor, session_id: int, told: ConfidenceInput) -> None:
    """Keep how confident the actor is after a session; told again, the new answer counts."""
    asked = asked_of(session, actor, session_id)
    setattr(asked.seat, asked.column, told.confidence)


def _is_due(now: datetime) -> Any:
    """That a seat's user, who still works there, is to be asked by now how confident they are or reminded."""
    starts_at, times = col(TrainingSession.starts_at), col(Attendance.later_asked)
    is_to_ask = and_(times == 0, starts_at <= now - LATER_FROM)
    is_to_remind = and_(times == 1, starts_at <= now - REMINDED_AT)
    return and_(
        col(Attendance.session_id) == col(TrainingSession.id),
        col(Attendance.attended).is_(True),
        col(Attendance.confidence_later).is_(None),
        IS_MEMBER,
        or_(is_to_ask, is_to_remind),
    )


def sessions_to_ask_about(now: datetime) -> Select[Any]:
    """Sessions six to eight weeks ago of which somebody is to be asked or reminded."""
    is_open = col(TrainingSession.starts_at) > now - LATER_UNTIL
    return select(TrainingSession.id).where(is_open, exists().where(_is_due(now)))


def ask_later(session: Session, now: datetime, session_id: int) -> None:
    """Ask, or remind once, each who came to a session how confident they are now."""
    query = select(Attendance).join(TrainingSession).where(Attendance.session_id == session_id, _is_due(now))
    for seat in session.exec(query).all():
        seat.later_asked += 1
        context = {"training_session": session_id}
        enqueue(session, ASKED_LATER, Recipient.USER, seat.user_id, context=context)


def forget_confidence(session: Session, now: datetime) -> None:
    """Forget what one person told after two years, and of those who have left; that they came is kept."""
    old = select(TrainingSession.id).where(col(TrainingSession.starts_at) <= now - KEPT_FOR)
    left = select(User.id).where(~col(User.is_active))
    is_over = or_(col(Attendance.session_id).in_(old), col(Attendance.user_id).in_(left))
    columns = ("confidence_before", "confidence_after", "confidence_later")
    is_told = or_(*(getattr(Attendance, column).is_not(None) for column in columns))
    session.exec(update(Attendance).where(is_over, is_told).values(dict.fromkeys(columns)))


@dataclass(frozen=True)
class Means:
    """Mean confidences (0 to 10) of those who told both: before a session, and after it or weeks later."""

    people: int
    before: float
    then: float


def means(session: Session, session_ids: Collection[int]) -> tuple[Means | None, Means | None]:
    """Confidence before and straight after some sessions, and before and weeks later; None of few people."""
    query = select(Attendance).where(col(Attendance.session_id).in_(sorted(session_ids)))
    seats = session.exec(query.where(col(Attendance.attended).is_(True))).all() if session_ids else []
    after = [(seat.confidence_before, seat.confidence_after) for seat in seats]
    later = [(seat.confidence_before, seat.confidence_later) for seat in seats]
    return _means(after), _means(later)


def _means(pairs: Iterable[tuple[int | None, int | None]]) -> Means | None:
    both = [(before, then) for before, then in pairs if before is not None and then is not None]
    if len(both) < MIN_COUNT:
        return None
    return Means(len(both), fmean(first for first, _ in both), fmean(last for _, last in both))
