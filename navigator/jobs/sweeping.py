"""What need not be kept: drafts after an hour; log-ins, links, counts and old answers once a night."""

from datetime import datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import Select
from sqlmodel import Session, col, delete, select

from navigator.clock import LONDON, local
from navigator.outbox.letter import Letter
from navigator.people import lapsed
from navigator.tickets.drafts import KEPT_FOR
from navigator.tickets.slip import Draft, Idempotency

ANSWERS_LAST = timedelta(hours=24)
LETTERS_LAST = timedelta(days=90)
NIGHT = time(3)

log = structlog.get_logger("desk.jobs")


def old_drafts(now: datetime) -> Select[Any]:
    """Drafts that nobody has touched for an hour."""
    return select(Draft.token_hash).where(col(Draft.updated_at) <= now - KEPT_FOR)


def drop_draft(session: Session, _now: datetime, token_hash: str) -> None:
    """Forget a draft."""
    session.delete(session.get_one(Draft, token_hash))


def last_night(now: datetime) -> datetime:
    """The last 3 in the morning in London: what was missed while the desk was down is done when it is up."""
    tonight = datetime.combine(local(now).date(), NIGHT, LONDON)
    return tonight if tonight <= now else datetime.combine(tonight - timedelta(days=1), NIGHT, LONDON)


def forget(session: Session, now: datetime) -> None:
    """Delete what has run out."""
    lapsed.clear(session, now)
    session.exec(delete(Idempotency).where(col(Idempotency.at) <= now - ANSWERS_LAST))
    session.exec(delete(Letter).where(col(Letter.sent_at) <= now - LETTERS_LAST))
