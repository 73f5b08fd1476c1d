"""Enqueue: an outbox message is written in the same transaction as the change that it is about."""

from pathlib import Path
from typing import Any

from sqlmodel import Session

from navigator import clock, database
from navigator.outbox.addresses import address_of
from navigator.outbox.outbox_message import OutboxMessage, Recipient

TEMPLATES = frozenset(file.stem for file in Path(__file__).with_name("templates").glob("*.txt"))


def enqueue(
    session: Session,
    template: str,
    recipient: Recipient,
    recipient_id: int,
    *,
    ticket_number: int | None = None,
    context: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
) -> OutboxMessage | None:
    """Queue a message to a recipient who may be contacted; under a `dedupe_key`, only once."""
    if template not in TEMPLATES:
        raise LookupError(f"There is no template {template!r}.")
    if (address := address_of(session, recipient, recipient_id, template)) is None:
        return None
    insert = database.insert(session, OutboxMessage)
    row = insert.values(
        template=template,
        channel=address.channel,
        recipient=recipient,
        recipient_id=recipient_id,
        ticket_number=ticket_number,
        facts=context or {},
        once=dedupe_key,
        queued_at=clock.now(),
        send_at=clock.now(),
    )
    message: OutboxMessage | None = session.scalar(
        row.on_conflict_do_nothing(index_elements=["once"]).returning(OutboxMessage)
    )
    return message
