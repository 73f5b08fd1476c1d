"""Whether training helped: who came, and how confident they were before and after."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session, and_, case, col, func, select

from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training.tables import Attendance, TrainingRequest, TrainingSession

SHOWN = 10


@dataclass(frozen=True)
class Result:
    """A session that was held: how many came, and the mean confidence (0 to 10) of those who told both."""

    held: TrainingSession
    came: int
    told: int
    before: float | Decimal | None
    after: float | Decimal | None


def results(session: Session, actor: Actor) -> list[Result]:
    """The last sessions held in the services whose training the actor looks after, newest first."""
    before, after = col(TrainingRequest.confidence), col(Attendance.confidence_after)
    both = and_(before.is_not(None), after.is_not(None))
    asked = and_(
        col(TrainingRequest.session_id) == col(TrainingSession.id),
        col(TrainingRequest.asked_by) == col(Attendance.user_id),
    )
    came = and_(col(Attendance.session_id) == col(TrainingSession.id), col(Attendance.attended).is_(True))
    asked_for: tuple[Any, ...] = (
        TrainingSession,
        func.count(func.distinct(Attendance.user_id)),
        func.count(case((both, 1))),
        func.avg(case((both, before))),
        func.avg(case((both, after))),
    )
    query = (
        select(*asked_for)
        .outerjoin(Attendance, came)
        .outerjoin(TrainingRequest, asked)
        .where(col(TrainingSession.service_id).in_(sorted(actor.services(Role.NAVIGATOR, Role.MANAGER))))
        .where(col(TrainingSession.held_at).is_not(None))
        .group_by(col(TrainingSession.id))
        .order_by(col(TrainingSession.held_at).desc())
        .limit(SHOWN)
    )
    return [
        Result(one, came, told, _mean(was), _mean(now)) for one, came, told, was, now in session.exec(query)
    ]


def _mean(given: float | None) -> float | None:
    return None if given is None else float(given)
