"""Claims on letters: one courier at a time has a letter, and says how it went."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import col, delete, or_, select, update

from navigator import clock, database
from navigator.outbox.outbox_message import OutboxMessage

LEASE_LASTS = timedelta(minutes=3)
"""Longer than any carrier's patience."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MAX_ATTEMPTS = 120
"""About five days: a mail server that is down over Easter loses nothing."""

log = structlog.get_logger("desk.outbox")


@dataclass(frozen=True)
class OutboxClaim:
    """A letter that is ours for a while."""

    letter_id: int
    channel: str
    attempts: int


def claim(closed: Collection[str] = ()) -> OutboxClaim | None:
    """Claim the letter that has waited longest and does not go by a closed channel; None if none waits."""
    now = clock.now()
    free = or_(col(OutboxMessage.claimed_until_at).is_(None), col(OutboxMessage.claimed_until_at) <= now)
    waiting = (
        select(OutboxMessage.id)
        .where(col(OutboxMessage.sent_at).is_(None), col(OutboxMessage.failed_at).is_(None))
        .where(OutboxMessage.send_at <= now, free, col(OutboxMessage.channel).not_in(closed))
        .order_by(col(OutboxMessage.send_at), col(OutboxMessage.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == waiting.scalar_subquery())
        .values(claimed_until_at=now + LEASE_LASTS, attempts=col(OutboxMessage.attempts) + 1)
        .returning(col(OutboxMessage.id), col(OutboxMessage.channel), col(OutboxMessage.attempts))
    )
    with database.writing() as session:
        row = session.exec(taken).one_or_none()
        return OutboxClaim(*row) if row else None


def mark_sent(claim: OutboxClaim) -> None:
    """A letter has gone out, whoever has claimed it since."""
    with database.writing() as session:
        this = update(OutboxMessage).where(col(OutboxMessage.id) == claim.letter_id)
        session.exec(this.values(sent_at=clock.now(), last_error=""))
    log.info("letter sent", letter=claim.letter_id, attempts=claim.attempts)


def discard(claim: OutboxClaim) -> None:
    """A letter may not be sent any more, and is forgotten."""
    with database.writing() as session:
        session.exec(delete(OutboxMessage).where(col(OutboxMessage.id) == claim.letter_id))
    log.info("letter withdrawn", letter=claim.letter_id)


def retry_later(claim: OutboxClaim, error: str) -> None:
    """A letter could not be sent now: it rests for a while, unless it was tried often enough."""
    if claim.attempts >= MAX_ATTEMPTS:
        mark_failed(claim, error)
        return
    _mark(claim, send_at=clock.now() + wait_after(claim.attempts), claimed_until_at=None, last_error=error)
    log.warning("letter not sent yet", letter=claim.letter_id, attempts=claim.attempts, error=error)


def mark_failed(claim: OutboxClaim, error: str) -> None:
    """A letter cannot be sent at all: a person must know."""
    _mark(claim, failed_at=clock.now(), last_error=error)
    log.error("letter given up", letter=claim.letter_id, attempts=claim.attempts, error=error)


def _mark(claim: OutboxClaim, **values: object) -> None:
    """Change a letter if it is still ours: another courier may have it since, or have sent it."""
    still_ours = (col(OutboxMessage.id) == claim.letter_id, col(OutboxMessage.attempts) == claim.attempts)
    with database.writing() as session:
        session.exec(
            update(OutboxMessage).where(*still_ours, col(OutboxMessage.sent_at).is_(None)).values(**values)
        )


def wait_after(attempts: int) -> timedelta:
    """How long a letter rests after so many tries: twice as long each time, and not just when others do."""
    spread = random.uniform(0.75, 1.25)  # noqa: S311 - it spreads load and keeps no secret
    return min(FIRST_WAIT * (1 << min(attempts - 1, 10)), LONGEST_WAIT) * spread
