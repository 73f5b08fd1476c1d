"""Enqueue: an outbox message is written in the same transaction as the change that it is about."""

from pathlib import Path
from typing import Any

from sqlmodel import Session

from navigator import database
from navigator.outbox.addresses import address_of
from navigator.outbox.hold import apply_hold
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
    message = OutboxMessage(
        template=template,
        channel=address.channel,
        recipient=recipient,
        recipient_id=recipient_id,
        ticket_number=ticket_number,
        context=context or {},
        dedupe_key=dedupe_key,
    )
    if dedupe_key is not None:
        return _insert_once(session, message)
    apply_hold(session, message)
    session.add(message)
    return message


def _insert_once(session: Session, message: OutboxMessage) -> OutboxMessage | None:
    insert = database.insert(session, OutboxMessage).on_conflict_do_nothing(index_elements=["once"])
    rows = session.scalars(insert.returning(OutboxMessage), [message.model_dump(exclude={"id"})])
    row: OutboxMessage | None = rows.one_or_none()
    return row
