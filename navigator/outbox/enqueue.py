"""Enqueue: an outbox message is written in the same transaction as the change that it is about."""

from pathlib import Path
from typing import Any

from sqlmodel import Session

from navigator import database
from navigator.outbox.addresses import address_of
from navigator.outbox.hold import apply_hold
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.outbox.staff_mail import MailTiming, next_digest_at, timing_of
from navigator.people.user import User

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
    if recipient == Recipient.USER and not _is_mailed(session, message):
        return None
    if dedupe_key is not None:
        return _insert_once(session, message)
    apply_hold(session, message)
    database.add(session, message)
    return message


def _is_mailed(session: Session, message: OutboxMessage) -> bool:
    """Whether somebody has a mail of this kind; it waits, if they chose to have it once a day."""
    user = session.get_one(User, message.recipient_id)
    timing = timing_of(user, message.template)
    if timing is MailTiming.DAILY:
        message.is_for_digest, message.send_at = True, next_digest_at(session, user)
    return timing is not MailTiming.NEVER


def _insert_once(session: Session, message: OutboxMessage) -> OutboxMessage | None:
    insert = database.insert(session, OutboxMessage).on_conflict_do_nothing(index_elements=["once"])
    rows = session.scalars(insert.returning(OutboxMessage), [message.model_dump(exclude={"id"})])
    row: OutboxMessage | None = rows.one_or_none()
    return row
