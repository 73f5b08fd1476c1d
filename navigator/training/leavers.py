"""Leavers: the seats of those who no longer work in a session's service go to those who wait."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, and_, col, exists, select

from navigator.training.seats import release
from navigator.training.session_list import IS_MEMBER
from navigator.training.tables import Attendance, SeatState, TrainingSession

_SEAT = and_(col(Attendance.session_id) == col(TrainingSession.id), col(Attendance.state) != SeatState.LEFT)
_HAS_LEFT = and_(_SEAT, ~IS_MEMBER)


def sessions_with_leavers(now: datetime) -> Select[Any]:
    """Sessions to come with a seat of somebody who works in their service no longer."""
    is_open = and_(col(TrainingSession.held_at).is_(None), col(TrainingSession.cancelled_at).is_(None))
    query = select(TrainingSession.id).where(is_open, col(TrainingSession.starts_at) > now)
    return query.where(exists().where(_HAS_LEFT).correlate(TrainingSession))


def release_leavers(session: Session, _: datetime, session_id: int) -> None:
    """End the seats of those who have left, and let those who wait move up."""
    training_session = session.get_one(TrainingSession, session_id)
    query = select(Attendance.user_id).join(TrainingSession).where(Attendance.session_id == session_id)
    release(session, training_session, session.exec(query.where(_HAS_LEFT)).all())
