"""Claims on outbox messages: one worker at a time holds a message, and marks the result."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam
from sqlmodel import and_, col, delete, or_, select, update

from navigator import clock, database
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.rendered_message import SentText
from navigator.outbox.texts_sent import count_text

CLAIM_DURATION = timedelta(minutes=3)
"""Longer than any backend's timeout."""

LONGEST_CLAIM = CLAIM_DURATION + timedelta(minutes=1)
"""That of another machine too, whose clock is a little ahead."""

FIRST_RETRY_DELAY = timedelta(seconds=30)
MAX_RETRY_DELAY = timedelta(hours=1)
LONGEST_DELAY = MAX_RETRY_DELAY * 1.5
MAX_ATTEMPTS = 120
"""About five days: a mail server that is down over Easter loses nothing."""

log = structlog.get_logger("desk.outbox")


@dataclass(frozen=True)
class OutboxClaim:
    """A message that this worker holds for a while."""

    message_id: int
    channel: str
    attempts: int


def claim(closed_channels: Collection[str] = ()) -> OutboxClaim | None:
    """Claim the message that has waited longest, not by a closed channel; None if none waits."""
    now = clock.now()
    times = {"now": now, "until": now + CLAIM_DURATION}
    longest = {"longest_claim": now + LONGEST_CLAIM, "longest_delay": now + LONGEST_DELAY}
    with database.writing() as session:
        found = database.ask(session, _CLAIM, **times, **longest, closed=list(closed_channels))
        row: Any = found.one_or_none()
        return OutboxClaim(*row) if row else None


def _claim_next() -> Any:
    """Claims the next message, by the parameters of `claim`."""
    now: Any = bindparam("now")
    claimed_until = col(OutboxMessage.claimed_until_at)
    # What was claimed or put off by a clock that stood ahead is not held until that time comes.
    is_free = or_(claimed_until.is_(None), claimed_until <= now, claimed_until > bindparam("longest_claim"))
    send_at, attempts = col(OutboxMessage.send_at), col(OutboxMessage.attempts)
    is_put_off = or_(
        and_(attempts == 0, col(OutboxMessage.queued_at) > now),
        and_(attempts > 0, send_at > bindparam("longest_delay")),
    )
    is_due = or_(send_at <= now, is_put_off)
    next_waiting = (
        select(OutboxMessage.id)
        .where(col(OutboxMessage.sent_at).is_(None), col(OutboxMessage.failed_at).is_(None))
        .where(is_due, is_free, col(OutboxMessage.channel).not_in(bindparam("closed", expanding=True)))
        .where(~col(OutboxMessage.is_for_digest))
        .order_by(col(OutboxMessage.send_at), col(OutboxMessage.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == next_waiting.scalar_subquery())
        .values(claimed_until_at=bindparam("until"), attempts=col(OutboxMessage.attempts) + 1)
        .returning(col(OutboxMessage.id), col(OutboxMessage.channel), col(OutboxMessage.attempts))
    )


_CLAIM = _claim_next()


def mark_sent(claim: OutboxClaim, text: SentText | None = None, sent_to_hash: str = "") -> None:
    """Mark a message as sent, whoever has claimed it since, and count what a text costs."""
    values = {"sent_at": clock.now(), "last_error": ""}
    if text:
        values |= {"provider_id": text.provider_id, "sent_to_hash": sent_to_hash}
    with database.writing() as session:
        statement = update(OutboxMessage).where(col(OutboxMessage.id) == claim.message_id)
        session.exec(statement.values(**values))
        if text and (message := session.get(OutboxMessage, claim.message_id)):
            count_text(session, message, text.parts)
    log.info("message sent", message_id=claim.message_id, attempts=claim.attempts)


def discard(claim: OutboxClaim) -> None:
    """Delete a message that may not be sent any more."""
    with database.writing() as session:
        session.exec(delete(OutboxMessage).where(col(OutboxMessage.id) == claim.message_id))
    log.info("message discarded", message_id=claim.message_id)


def retry_later(claim: OutboxClaim, error: str) -> None:
    """Retry a message later with back-off; after the last attempt, mark it as failed."""
    if claim.attempts >= MAX_ATTEMPTS:
        mark_failed(claim, error)
        return
    _update_claimed(
        claim, send_at=clock.now() + retry_delay(claim.attempts), claimed_until_at=None, last_error=error
    )
    log.warning("message not sent yet", message_id=claim.message_id, attempts=claim.attempts, error=error)


def put_off(claim: OutboxClaim, until: datetime) -> None:
    """Let a message wait until its reader may be texted: that was no attempt."""
    _update_claimed(claim, send_at=until, claimed_until_at=None, attempts=0)
    log.info("message waits for the end of quiet hours", message_id=claim.message_id)


def mark_failed(claim: OutboxClaim, error: str) -> None:
    """Mark a message as failed for good: a person must know."""
    _update_claimed(claim, failed_at=clock.now(), last_error=error)
    log.error("message failed", message_id=claim.message_id, attempts=claim.attempts, error=error)


def _update_claimed(claim: OutboxClaim, **values: object) -> None:
    """Update a message if this claim still holds: another worker may have claimed or sent it since."""
    still_ours = (col(OutboxMessage.id) == claim.message_id, col(OutboxMessage.attempts) == claim.attempts)
    with database.writing() as session:
        session.exec(
            update(OutboxMessage).where(*still_ours, col(OutboxMessage.sent_at).is_(None)).values(**values)
        )


def retry_delay(attempts: int) -> timedelta:
    """Exponential back-off with jitter: twice as long after each attempt, not all at the same moment."""
    spread = random.uniform(0.75, 1.25)  # noqa: S311 - it spreads load and keeps no secret
    return min(FIRST_RETRY_DELAY * (1 << min(attempts - 1, 10)), MAX_RETRY_DELAY) * spread
