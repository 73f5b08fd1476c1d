"""SLA deadlines that have passed: session deadlines, overdue tickets, weekly sessions, ended snoozes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.contact import ContactKind
from navigator.catalogue.lookups import contact_of
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import SYSTEM
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import snooze, staff
from navigator.tickets.actions.messages import notify_user
from navigator.tickets.bell import ring
from navigator.tickets.lifecycle import act
from navigator.tickets.queue.views import IS_LIVE, is_late
from navigator.tickets.ticket import Ticket
from navigator.tickets.triage import recompute_due_at

GUARD = "guard_plan_without"


def missed_session_deadlines(now: datetime) -> Select[Any]:
    """Live tickets past the session deadline: noon of the last working day before the session."""
    # A ticket is never due later than its session deadline: filtering by both lets the queue's index answer.
    past_deadline = (
        col(Ticket.session_deadline_at) <= now,
        col(Ticket.due_at) <= now,
        col(Ticket.session_warning_sent_at).is_(None),
    )
    query = select(Ticket.number).where(IS_LIVE, *past_deadline)
    return query.order_by(col(Ticket.session_deadline_at), col(Ticket.number))


def notify_missed_session(session: Session, now: datetime, number: int) -> None:
    """Tell the practitioner to plan without the digital part; if they cannot be told, a person phones."""
    ticket = session.get_one(Ticket, number)
    message = None
    if ticket.pwp_id is not None and ticket.practitioner_is_confirmed:
        message = enqueue(session, GUARD, Recipient.USER, ticket.pwp_id, ticket_number=number)
    for told in {ticket.assignee_id, ticket.pwp_id if message else None} - {None}:
        ring(session, ticket, told or 0, GUARD)
    act(session, SYSTEM, Action.GUARD, number, phone=message is None)
    ticket.session_warning_sent_at = now
    recompute_due_at(ticket)


def overdue_tickets(now: datetime) -> Select[Any]:
    """Live tickets that are late, of which nobody was notified."""
    not_notified = (is_late(now), col(Ticket.overdue_notified_at).is_(None))
    return select(Ticket.number).where(*not_notified).order_by(col(Ticket.due_at), col(Ticket.number))


def notify_overdue(session: Session, now: datetime, number: int) -> None:
    """Notify the assignee and the manager that a ticket is overdue."""
    ticket = act(session, SYSTEM, Action.OVERDUE, number)
    ticket.overdue_notified_at = now
    notify_user(session, ticket, ticket.assignee_id, "overdue")
    notify_manager(session, ticket, "overdue")


def notify_manager(session: Session, ticket: Ticket, template: str, dedupe_key: str | None = None) -> None:
    """Notify the manager contact of the ticket's service."""
    if manager := contact_of(session, ticket.service_id, ContactKind.MANAGER):
        enqueue(
            session,
            template,
            Recipient.CONTACT,
            manager.id,
            ticket_number=ticket.number,
            dedupe_key=dedupe_key,
        )


def past_weekly_sessions(now: datetime) -> Select[Any]:
    """Live tickets whose session repeats weekly and whose session date is past."""
    weekly = (col(Ticket.session_is_weekly), col(Ticket.session_on) < clock.local(now).date())
    return select(Ticket.number).where(IS_LIVE, *weekly)


def advance_weekly_session(session: Session, _now: datetime, number: int) -> None:
    """Move the session to its next date, and the deadlines with it."""
    staff.advance_weekly_session(session, SYSTEM, number)


def ended_snoozes(now: datetime) -> Select[Any]:
    """Live tickets whose snooze has ended, now or while the desk was down."""
    return select(Ticket.number).where(IS_LIVE, col(Ticket.snoozed_until_at) <= now)


def wake(session: Session, _now: datetime, number: int) -> None:
    """Wake a snoozed ticket and notify its assignee."""
    ticket = snooze.wake(session, SYSTEM, number)
    notify_user(session, ticket, ticket.assignee_id, "back_again")
