"""The post: a letter is queued in the same transaction as the change that it tells of."""

from pathlib import Path
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from navigator import clock
from navigator.outbox.addresses import address_of
from navigator.outbox.outbox_message import OutboxMessage, Recipient

TEMPLATES = frozenset(file.stem for file in Path(__file__).with_name("templates").glob("*.txt"))

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def enqueue(
    session: Session,
    template: str,
    recipient: Recipient,
    recipient_id: int,
    *,
    ticket_number: int | None = None,
    facts: dict[str, Any] | None = None,
    once: str | None = None,
) -> OutboxMessage | None:
    """Queue a letter to whoever has that id, if they may be written to; under a key of `once`, only once."""
    if template not in TEMPLATES:
        raise LookupError(f"There is no letter {template!r}.")
    if (address := address_of(session, recipient, recipient_id)) is None:
        return None
    insert = _INSERTS[session.get_bind().dialect.name](OutboxMessage)
    row = insert.values(
        template=template,
        channel=address.channel,
        recipient=recipient,
        recipient_id=recipient_id,
        ticket_number=ticket_number,
        facts=facts or {},
        once=once,
        queued_at=clock.now(),
        send_at=clock.now(),
    )
    letter: OutboxMessage | None = session.scalar(
        row.on_conflict_do_nothing(index_elements=["once"]).returning(OutboxMessage)
    )
    return letter
