"""Alerts about tickets unassigned for longer than their service allows: who may assign is notified once."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, or_
from sqlmodel import Session, col, select

from navigator.jobs.deadlines import notify_manager
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.user import Membership, Role, User
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.ticket import Ticket

TEMPLATE = "unassigned"


def unassigned_tickets(now: datetime) -> Select[Any]:
    """Live tickets past the time to assign them, neither snoozed nor diverted, without a notification yet."""
    is_to_do = (col(Ticket.assignee_id).is_(None), col(Ticket.diverted_to).is_(None))
    snoozed_until = col(Ticket.snoozed_until_at)
    notified = exists().where(
        col(OutboxMessage.ticket_number) == col(Ticket.number), col(OutboxMessage.template) == TEMPLATE
    )
    query = select(Ticket.number).where(IS_LIVE, col(Ticket.assign_by_at) <= now, *is_to_do, ~notified)
    query = query.where(or_(snoozed_until.is_(None), snoozed_until <= now))
    return query.order_by(col(Ticket.assign_by_at), col(Ticket.number))


def ask_to_assign(session: Session, _now: datetime, number: int) -> None:
    """Notify each navigator and manager who is not away; if there is none, the manager contact."""
    ticket = session.get_one(Ticket, number)
    recipients = [user for user in _assigners(session, ticket.service_id) if not user.is_away]
    messages = [
        enqueue(session, TEMPLATE, Recipient.USER, user.id, ticket_number=number) for user in recipients
    ]
    if not any(messages):
        notify_manager(session, ticket, TEMPLATE)


def _assigners(session: Session, service_id: int) -> list[User]:
    members = select(Membership.user_id).where(
        Membership.service_id == service_id, col(Membership.role).in_((Role.NAVIGATOR, Role.MANAGER))
    )
    query = select(User).where(col(User.is_active), col(User.id).in_(members)).order_by(col(User.id))
    return list(session.exec(query))
