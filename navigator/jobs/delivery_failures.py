"""Delivery failures: a message to a reporter that failed for good goes by their next way, or staff phone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from navigator.jobs.deadlines import notify_manager
from navigator.outbox.contact_plan import NEXT_WAY, next_way, way_now
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import SYSTEM
from navigator.people.reporter import Reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import lock_tickets

_CALL = "undelivered {}"


def failed_messages(_now: datetime) -> Select[Any]:
    """Failed messages to reporters of which nothing has come yet."""
    return select(OutboxMessage.id).where(
        col(OutboxMessage.sent_at).is_(None),
        col(OutboxMessage.failed_at).is_not(None),
        OutboxMessage.recipient == Recipient.REPORTER,
        col(OutboxMessage.ticket_number).is_not(None),
        col(OutboxMessage.followed_up_at).is_(None),
    )


def go_on(session: Session, now: datetime, message_id: int) -> None:
    """Send what did not arrive by the next way of its reporter’s plan; at its end, ask staff to phone."""
    message = session.get_one(OutboxMessage, message_id)
    number, message.followed_up_at = message.ticket_number or 0, now
    session.flush()
    lock_tickets(session, SYSTEM, {number})  # how they are reached is not changed meanwhile
    reporter = session.get_one(Reporter, message.recipient_id, populate_existing=True)
    if sent := _send_by_next_way(session, now, message, reporter):
        act(session, SYSTEM, Action.UNDELIVERED, number, by=message.channel, next=sent.channel)
        return
    reporter.not_arriving_since_at = reporter.not_arriving_since_at or message.failed_at
    act(session, SYSTEM, Action.UNDELIVERED, number, by=message.channel, next="call")
    _ask_to_phone(session, session.get_one(Ticket, number), _CALL.format(message_id))


def _send_by_next_way(
    session: Session, now: datetime, message: OutboxMessage, reporter: Reporter
) -> OutboxMessage | None:
    """The same letter once more, by the next way; None if there is none."""
    before, way = way_now(reporter), next_way(reporter, message)
    if way is None:
        return None
    if way not in (before, reporter.contact_method):
        reporter.other_way_since_at = now
    return enqueue(
        session,
        message.template,
        Recipient.REPORTER,
        reporter.id,
        ticket_number=message.ticket_number,
        context=message.context,
        dedupe_key=NEXT_WAY.format(message.id),
    )


def _ask_to_phone(session: Session, ticket: Ticket, dedupe_key: str) -> None:
    """Ask the assignee, or else the manager, to phone the reporter, who is in their calls from now."""
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
