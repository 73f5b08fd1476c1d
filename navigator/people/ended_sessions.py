"""Sessions that end otherwise than by logging out: the audit log says whose each was, and why it ended."""

from collections import Counter
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select

from navigator.people.actor import Actor
from navigator.people.audit_log import Act, record
from navigator.people.user import User
from navigator.people.user_session import UserSession

BY_ITSELF = "Ended by itself"
LOCKED = "Ended by itself while it was locked"


def end(session: Session, why: str, *is_ended: ColumnElement[bool]) -> int:
    """End the sessions of a condition: how many; each person’s are one row of the audit log."""
    gone = delete(UserSession).where(*is_ended).returning(col(UserSession.user_id))
    ended = Counter(session.execute(gone).scalars().all())
    for user_id, count in sorted(ended.items()):
        record(session, _owner(session, user_id), Act.LOGGED_OUT, why, count=count)
    return ended.total()


def end_expired(session: Session, now: datetime) -> None:
    """Delete sessions that have expired."""
    expired = select(UserSession).where(col(UserSession.expires_at) <= now)
    for row in session.exec(expired.order_by(col(UserSession.expires_at))).all():
        record_expired(session, row)
        session.delete(row)


def record_expired(session: Session, row: UserSession) -> None:
    """Write an audit entry for a session that expired, at the time at which it did."""
    why = LOCKED if row.locked_at else BY_ITSELF
    record(session, _owner(session, row.user_id), Act.LOGGED_OUT, why, created_at=row.expires_at)


def _owner(session: Session, user_id: int) -> Actor:
    return Actor(name=session.get_one(User, user_id).name, user_id=user_id)
