"""What need not be kept: log-ins, links, counts, answers and letters, forgotten once a night."""

from datetime import datetime, time, timedelta

from sqlmodel import Session, col, delete

from navigator.clock import LONDON, local
from navigator.outbox.letter import Letter
from navigator.people import lapsed
from navigator.tickets.slip import Idempotency

ANSWERS_LAST = timedelta(hours=24)
LETTERS_LAST = timedelta(days=90)
NIGHT = time(3)


def last_night(now: datetime) -> datetime:
    """The last 3 in the morning in London: what was missed while the desk was down is done when it is up."""
    tonight = datetime.combine(local(now).date(), NIGHT, LONDON)
    return tonight if tonight <= now else datetime.combine(tonight - timedelta(days=1), NIGHT, LONDON)


def forget(session: Session, now: datetime) -> None:
    """Delete what has run out."""
    lapsed.clear(session, now)
    session.exec(delete(Idempotency).where(col(Idempotency.at) <= now - ANSWERS_LAST))
    session.exec(delete(Letter).where(col(Letter.sent_at) <= now - LETTERS_LAST))
