"""Results of training: attendance, and the mean confidence before, after and weeks later."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, and_, case, col, func, select

from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training.tables import Attendance, TrainingSession

MAX_RESULTS = 10


@dataclass(frozen=True)
class Result:
    """A session that was held: attendance, and mean confidences (0 to 10), each of those who told both.

    `rated` told it before and after, `rated_later` before and six to eight weeks later.
    """

    training_session: TrainingSession
    attended: int
    rated: int
    confidence_before: float | None
    confidence_after: float | None
    rated_later: int
    before_later: float | None
    confidence_later: float | None


def results(session: Session, actor: Actor) -> list[Result]:
    """The last sessions held in the services where the actor is a navigator or manager, newest first."""
    before, after, later = (
        col(column)
        for column in (Attendance.confidence_before, Attendance.confidence_after, Attendance.confidence_later)
    )
    both, weeks_later = (and_(before.is_not(None), told.is_not(None)) for told in (after, later))
    attended = and_(col(Attendance.session_id) == col(TrainingSession.id), col(Attendance.attended).is_(True))
    columns: tuple[Any, ...] = (
        TrainingSession,
        func.count(col(Attendance.user_id)),
        func.count(case((both, 1))),
        func.avg(case((both, before))),
        func.avg(case((both, after))),
        func.count(case((weeks_later, 1))),
        func.avg(case((weeks_later, before))),
        func.avg(case((weeks_later, later))),
    )
    query = (
        select(*columns)
        .outerjoin(Attendance, attended)
        .where(col(TrainingSession.service_id).in_(sorted(actor.services(Role.NAVIGATOR, Role.MANAGER))))
        .where(col(TrainingSession.held_at).is_not(None))
        .group_by(col(TrainingSession.id))
        .order_by(col(TrainingSession.held_at).desc(), col(TrainingSession.id).desc())
        .limit(MAX_RESULTS)
    )
    return [
        Result(held, came, rated, _mean(before), _mean(after), rated_later, _mean(first), _mean(last))
        for held, came, rated, before, after, rated_later, first, last in session.exec(query)
    ]


def _mean(value: Any) -> float | None:
    """A mean as a number: PostgreSQL gives a decimal."""
    return None if value is None else float(value)
