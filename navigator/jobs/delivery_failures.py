"""Delivery failures: when a message to a reporter fails for good, staff are asked to phone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, exists, literal
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from navigator.jobs.deadlines import notify_manager
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.reporter import Reporter
from navigator.tickets.ticket import Ticket

_KEY = "undelivered {}"


def failed_messages(_now: datetime) -> Select[Any]:
    """Failed messages to reporters of which nobody was notified."""
    notification = aliased(OutboxMessage)
    key = literal(_KEY.format("")) + cast(col(OutboxMessage.id), String)
    return select(OutboxMessage.id).where(
        col(OutboxMessage.sent_at).is_(None),
        col(OutboxMessage.failed_at).is_not(None),
        OutboxMessage.recipient == Recipient.REPORTER,
        col(OutboxMessage.ticket_number).is_not(None),
        ~exists().where(col(notification.dedupe_key) == key),
    )


def ask_to_phone(session: Session, _now: datetime, message_id: int) -> None:
    """Ask the assignee, or else the manager, to phone the reporter, who is in their calls from now."""
    message = session.get_one(OutboxMessage, message_id)
    ticket = session.get_one(Ticket, message.ticket_number)
    reporter = session.get_one(Reporter, message.recipient_id)
    reporter.not_arriving_since_at = reporter.not_arriving_since_at or message.failed_at
    dedupe_key = _KEY.format(message_id)
    notified = ticket.assignee_id and enqueue(
        session,
        "undelivered",
        Recipient.USER,
        ticket.assignee_id,
        ticket_number=ticket.number,
        dedupe_key=dedupe_key,
    )
    if not notified:
        notify_manager(session, ticket, "undelivered", dedupe_key)
