"""Hold on the outbox: messages that wait some seconds, in which whoever sent them can take them back."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, delete, select

from navigator.outbox.outbox_message import OutboxMessage, Recipient

_HOLD = "outbox_hold"
_TOLD_TO_OTHERS = frozenset(
    {
        *("for_practitioner", "limit", "passed_on"),  # because of how a ticket was sorted
        *("watched_answered", "watched_resolved", "resolved_by_colleague"),
    }
)
"""Templates of what is told to others of what was sent, which is taken back with it."""


@dataclass
class Hold:
    """A hold of one transaction: until when, and the letters that it holds."""

    until: datetime
    letters: list[OutboxMessage] = field(default_factory=list)


@contextmanager
def hold_outbox(session: Session, until: datetime) -> Iterator[Hold]:
    """Hold what is queued meanwhile and can be taken back; what alerts a clinician never waits."""
    hold = session.info[_HOLD] = Hold(until)
    try:
        yield hold
    finally:
        del session.info[_HOLD]


def held_until(session: Session) -> datetime | None:
    """Until when what is sent now waits; None if nothing does."""
    hold = session.info.get(_HOLD)
    return hold.until if hold else None


def apply_hold(session: Session, message: OutboxMessage) -> None:
    """Let a new message wait, if there is a hold and it is one of those that can be taken back."""
    hold = session.info.get(_HOLD)
    if hold and (message.recipient == Recipient.REPORTER or message.template in _TOLD_TO_OTHERS):
        message.send_at = max(hold.until, message.send_at)
        hold.letters.append(message)


def cancel_held(session: Session, message_ids: Collection[int]) -> bool:
    """Cancel held messages, all or none: whether no worker has claimed one of them.

    Each is locked first, as a claim locks it: either sees what the other has done.
    """
    query = select(OutboxMessage.attempts).where(col(OutboxMessage.id).in_(message_ids))
    if any(session.exec(query.order_by(col(OutboxMessage.id)).with_for_update()).all()):
        return False
    session.exec(delete(OutboxMessage).where(col(OutboxMessage.id).in_(message_ids)))
    return True
