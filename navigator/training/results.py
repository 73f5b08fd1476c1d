"""Results of training: attendance, and the mean confidence before and after."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session, and_, case, col, func, select

from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training.tables import Attendance, TrainingRequest, TrainingSession

MAX_RESULTS = 10


@dataclass(frozen=True)
class Result:
    """A session that was held: attendance, and the mean confidence (0 to 10) of those who gave both."""

    training_session: TrainingSession
    attended: int
    rated: int
    confidence_before: float | Decimal | None
    confidence_after: float | Decimal | None


def results(session: Session, actor: Actor) -> list[Result]:
    """The last sessions held in the services where the actor is a navigator or manager, newest first."""
    before, after = col(TrainingRequest.confidence), col(Attendance.confidence_after)
    both = and_(before.is_not(None), after.is_not(None))
    of_attendee = and_(
        col(TrainingRequest.session_id) == col(TrainingSession.id),
        col(TrainingRequest.asked_by) == col(Attendance.user_id),
    )
    attended = and_(col(Attendance.session_id) == col(TrainingSession.id), col(Attendance.attended).is_(True))
    columns: tuple[Any, ...] = (
        TrainingSession,
        func.count(func.distinct(Attendance.user_id)),
        func.count(case((both, 1))),
        func.avg(case((both, before))),
        func.avg(case((both, after))),
    )
    query = (
        select(*columns)
        .outerjoin(Attendance, attended)
        .outerjoin(TrainingRequest, of_attendee)
        .where(col(TrainingSession.service_id).in_(sorted(actor.services(Role.NAVIGATOR, Role.MANAGER))))
        .where(col(TrainingSession.held_at).is_not(None))
        .group_by(col(TrainingSession.id))
        .order_by(col(TrainingSession.held_at).desc())
        .limit(MAX_RESULTS)
    )
    return [
        Result(training_session, count, rated, _as_float(mean_before), _as_float(mean_after))
        for training_session, count, rated, mean_before, mean_after in session.exec(query)
    ]


def _as_float(value: float | None) -> float | None:
    return None if value is None else float(value)
