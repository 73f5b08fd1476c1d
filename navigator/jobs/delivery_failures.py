"""Letters to reporters that were refused for good: a person must know, and may be able to phone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, exists, literal
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from navigator.jobs.deadlines import notify_manager
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.tickets.ticket import Ticket

_KEY = "undelivered {}"


def failed_messages(_now: datetime) -> Select[Any]:
    """Letters to reporters that were given up, and of which nobody was told."""
    told = aliased(OutboxMessage)
    key = literal(_KEY.format("")) + cast(col(OutboxMessage.id), String)
    return select(OutboxMessage.id).where(
        col(OutboxMessage.sent_at).is_(None),
        col(OutboxMessage.failed_at).is_not(None),
        OutboxMessage.recipient == Recipient.REPORTER,
        col(OutboxMessage.ticket_number).is_not(None),
        ~exists().where(col(told.dedupe_key) == key),
    )


def ask_to_phone(session: Session, _now: datetime, letter_id: int) -> None:
    """Ask the assignee, or else the manager, to phone the reporter."""
    letter = session.get_one(OutboxMessage, letter_id)
    ticket = session.get_one(Ticket, letter.ticket_number)
    once = _KEY.format(letter_id)
    told = ticket.assignee_id and enqueue(
        session,
        "undelivered",
        Recipient.USER,
        ticket.assignee_id,
        ticket_number=ticket.number,
        dedupe_key=once,
    )
    if not told:
        notify_manager(session, ticket, "undelivered", once)
