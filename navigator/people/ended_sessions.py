"""Sessions that end: the audit log says whose each was, and why it ended."""

from collections import Counter
from datetime import datetime
from operator import itemgetter

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete

from navigator import clock
from navigator.people.actor import Actor
from navigator.people.audit_log import Act, record
from navigator.people.user import User
from navigator.people.user_session import UserSession

BY_ITSELF = "Ended by itself"
LOCKED = "Ended by itself while it was locked"


def end(session: Session, why: str, *is_ended: ColumnElement[bool]) -> int:
    """End the sessions of a condition: how many; each person’s are one row of the audit log.

    Of those that had expired meanwhile it says that they ended by themselves, and when.
    """
    return _end(session, clock.now(), why, *is_ended)


def end_expired(session: Session, now: datetime) -> None:
    """Delete sessions that have expired."""
    _end(session, now, "", col(UserSession.expires_at) <= now)


def _end(session: Session, now: datetime, why: str, *is_ended: ColumnElement[bool]) -> int:
    """Delete and read in one statement: of two who end the same session, one writes it down."""
    gone = delete(UserSession).where(*is_ended).returning(*_WHAT_IS_WRITTEN)
    ended: Counter[int] = Counter()
    for user_id, locked_at, expires_at in sorted(session.execute(gone).all(), key=itemgetter(2)):
        if expires_at > now:
            ended[user_id] += 1
        else:
            by = LOCKED if locked_at else BY_ITSELF
            record(session, _owner(session, user_id), Act.LOGGED_OUT, by, created_at=expires_at)
    for user_id, count in sorted(ended.items()):
        record(session, _owner(session, user_id), Act.LOGGED_OUT, why, count=count)
    return ended.total()


_WHAT_IS_WRITTEN = (col(UserSession.user_id), col(UserSession.locked_at), col(UserSession.expires_at))


def _owner(session: Session, user_id: int) -> Actor:
    return Actor(name=session.get_one(User, user_id).name, user_id=user_id)
