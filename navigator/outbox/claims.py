"""Claims on outbox messages: one worker at a time holds a message, and marks the result.

What a worker holds is a copy of the row: nothing that is set on it is stored.
"""

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam
from sqlmodel import Session, and_, col, delete, or_, select, update

from navigator import clock, database
from navigator.outbox.outbox_message import DeliveryChannel, OutboxMessage
from navigator.outbox.rendered_message import SentText
from navigator.outbox.texts_sent import count_text

CLAIM_DURATION = timedelta(minutes=3)
"""Longer than any backend's timeout."""

LONGEST_SEND = timedelta(minutes=2)
"""So much of a claim must be left when its message is sent."""

LONGEST_CLAIM = CLAIM_DURATION + timedelta(minutes=1)
"""That of another machine too, whose clock is a little ahead."""

FIRST_RETRY_DELAY = timedelta(seconds=30)
MAX_RETRY_DELAY = timedelta(hours=1)
LONGEST_DELAY = MAX_RETRY_DELAY * 1.5
MAX_ATTEMPTS = 120
"""About five days: a mail server that is down over Easter loses nothing."""

log = structlog.get_logger("desk.outbox")


@dataclass(frozen=True)
class Sent:
    """A message that was sent; of a text also what its carrier said, and the hash of its number."""

    message: OutboxMessage
    text: SentText | None = None
    sent_to_hash: str = ""


def claim(number: int = 1, closed_channels: Collection[str] = ()) -> Sequence[OutboxMessage]:
    """Claim so many messages that have waited longest, not by a closed channel; none if none waits."""
    with database.writing() as session:
        rows = database.ask(session, _CLAIM, number=number, **_times(), **_closed(closed_channels)).all()
    claimed = [OutboxMessage(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]
    return sorted(claimed, key=lambda message: (message.send_at, message.id))


def _times() -> dict[str, datetime]:
    now = clock.now()
    return {
        "now": now,
        "until": now + CLAIM_DURATION,
        "longest_claim": now + LONGEST_CLAIM,
        "longest_delay": now + LONGEST_DELAY,
    }


def _closed(channels: Collection[str]) -> dict[str, str]:
    return {each: each if each in channels else "" for each in DeliveryChannel}


_COLUMNS = tuple(OutboxMessage.model_fields)


def _claim_next() -> Any:
    """Claims the next messages, by the parameters of `claim`."""
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
    is_open = (col(OutboxMessage.channel) != bindparam(each.value) for each in DeliveryChannel)
    next_waiting = (
        select(OutboxMessage.id)
        .where(col(OutboxMessage.sent_at).is_(None), col(OutboxMessage.failed_at).is_(None))
        .where(is_due, is_free, *is_open)
        .where(~col(OutboxMessage.is_for_digest))
        .order_by(col(OutboxMessage.send_at), col(OutboxMessage.id))
        .limit(bindparam("number"))
        .with_for_update(skip_locked=True)
        .cte("next_waiting")  # looked for once: else PostgreSQL may look again and claim more
    )
    return (
        update(OutboxMessage)
        .where(col(OutboxMessage.id).in_(select(next_waiting.c.id)))
        .values(claimed_until_at=bindparam("until"), attempts=col(OutboxMessage.attempts) + 1)
        .returning(*(getattr(OutboxMessage, name) for name in _COLUMNS))
    )


_CLAIM = _claim_next()
_BY_ID: Any = update(OutboxMessage).where(col(OutboxMessage.id) == bindparam("message_id"))


@contextmanager
def marking(sent: Sent | None, message: OutboxMessage) -> Iterator[Session]:
    """A transaction that renders a message; at its end it notes by which way that goes, and marks what was
    sent before. If it fails, that is marked by itself.

    Both are written in the order of their ids, as others lock them who cancel several.
    """
    way = _way(message)
    try:
        with database.writing() as session:
            yield session
            writes: dict[int, Callable[[], object]] = {}
            if _way(message) != way:
                writes[message.id] = lambda: database.ask(
                    session, _BY_ID, message_id=message.id, **_way(message)
                )
            if sent:
                writes[sent.message.id] = lambda: mark_sent(session, sent)
            for id in sorted(writes):
                writes[id]()
    except Exception:
        if sent:
            mark_alone(sent)
        raise


def _way(message: OutboxMessage) -> dict[str, str]:
    return {"channel": message.channel, "sent_to_hash": message.sent_to_hash}


def mark_alone(sent: Sent) -> None:
    """Mark a message as sent in a transaction of its own."""
    with database.writing() as session:
        mark_sent(session, sent)


def mark_sent(session: Session, sent: Sent) -> None:
    """Mark a message as sent, whoever has claimed it since, and count what a text costs."""
    values = {"sent_at": clock.now(), "last_error": ""}
    if sent.text:
        values |= {"provider_id": sent.text.provider_id, "sent_to_hash": sent.sent_to_hash}
        count_text(session, sent.message, sent.text.parts)
    database.ask(session, _BY_ID, message_id=sent.message.id, **values)


def is_fresh(message: OutboxMessage) -> bool:
    """Whether a claim holds for as long as a backend may take."""
    until = message.claimed_until_at
    return until is not None and clock.now() + LONGEST_SEND <= until


def give_back(message: OutboxMessage) -> None:
    """Give a message back that was claimed and not tried: that was no attempt."""
    _update_claimed(message, claimed_until_at=None, attempts=message.attempts - 1)


def discard(message: OutboxMessage) -> None:
    """Delete a message that may not be sent any more."""
    with database.writing() as session:
        session.exec(delete(OutboxMessage).where(col(OutboxMessage.id) == message.id))
    log.info("message discarded", message_id=message.id)


def retry_later(message: OutboxMessage, error: str) -> None:
    """Retry a message later with back-off; after the last attempt, mark it as failed."""
    if message.attempts >= MAX_ATTEMPTS:
        mark_failed(message, error)
        return
    send_at = clock.now() + retry_delay(message.attempts)
    _update_claimed(message, send_at=send_at, claimed_until_at=None, last_error=error)
    log.warning("message not sent yet", message_id=message.id, attempts=message.attempts, error=error)


def put_off(message: OutboxMessage, until: datetime) -> None:
    """Let a message wait until its reader may be texted: that was no attempt."""
    _update_claimed(message, send_at=until, claimed_until_at=None, attempts=0)
    log.info("message waits for the end of quiet hours", message_id=message.id)


def mark_failed(message: OutboxMessage, error: str) -> None:
    """Mark a message as failed for good: a person must know."""
    _update_claimed(message, failed_at=clock.now(), last_error=error)
    log.error("message failed", message_id=message.id, attempts=message.attempts, error=error)


def _update_claimed(message: OutboxMessage, **values: object) -> None:
    """Update a message if this claim still holds: another worker may have claimed or sent it since."""
    still_ours = (col(OutboxMessage.id) == message.id, col(OutboxMessage.attempts) == message.attempts)
    with database.writing() as session:
        session.exec(
            update(OutboxMessage).where(*still_ours, col(OutboxMessage.sent_at).is_(None)).values(**values)
        )


def retry_delay(attempts: int) -> timedelta:
    """Exponential back-off with jitter: twice as long after each attempt, not all at the same moment."""
    spread = random.uniform(0.75, 1.25)  # noqa: S311 - it spreads load and keeps no secret
    return min(FIRST_RETRY_DELAY * (1 << min(attempts - 1, 10)), MAX_RETRY_DELAY) * spread
