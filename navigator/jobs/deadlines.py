"""Clocks that have run out: the session guard, a missed target, a weekly session that is past."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.contact import ContactKind
from navigator.catalogue.lookups import contact_of
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import SYSTEM
from navigator.tickets.actions import snooze, staff
from navigator.tickets.actions.messages import notify_user
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import LIVE, Action, Ticket
from navigator.tickets.triage import recompute_due_at

# Spelt out, so that both engines can prove that the partial index of live tickets fits.
_IS_LIVE = col(Ticket.status).in_([literal(status.value, literal_execute=True) for status in sorted(LIVE)])


def missed_session_deadlines(now: datetime) -> Select[Any]:
    """Tickets not put right by noon of the last working day before the session."""
    # A ticket is never due later than its guard: asking for both lets the queue's index answer.
    at_guard = (
        col(Ticket.session_deadline_at) <= now,
        col(Ticket.due_at) <= now,
        col(Ticket.session_warning_sent_at).is_(None),
    )
    return select(Ticket.number).where(_IS_LIVE, *at_guard).order_by(col(Ticket.session_deadline_at))


def plan_without(session: Session, now: datetime, number: int) -> None:
    """Tell the practitioner to plan without the digital part; if nobody can be told, a person phones."""
    ticket = session.get_one(Ticket, number)
    letter = None
    if ticket.pwp_id is not None and ticket.practitioner_is_confirmed:
        letter = enqueue(session, "guard_plan_without", Recipient.USER, ticket.pwp_id, ticket_number=number)
    act(session, SYSTEM, Action.GUARD, number, phone=letter is None)
    ticket.session_warning_sent_at = now
    recompute_due_at(ticket)


def overdue_tickets(now: datetime) -> Select[Any]:
    """Tickets that were not put right in time, and of which nobody was told."""
    untold = (col(Ticket.due_at) <= now, col(Ticket.overdue_notified_at).is_(None))
    return select(Ticket.number).where(_IS_LIVE, *untold).order_by(col(Ticket.due_at))


def notify_overdue(session: Session, now: datetime, number: int) -> None:
    """Tell the assignee and the manager that a ticket is overdue."""
    ticket = act(session, SYSTEM, Action.OVERDUE, number)
    ticket.overdue_notified_at = now
    notify_user(session, ticket, ticket.assignee_id, "overdue")
    notify_manager(session, ticket, "overdue")


def notify_manager(session: Session, ticket: Ticket, template: str, once: str | None = None) -> None:
    """Write to the manager whom the ticket's service names."""
    if manager := contact_of(session, ticket.service_id, ContactKind.MANAGER):
        enqueue(session, template, Recipient.CONTACT, manager.id, ticket_number=ticket.number, once=once)


def past_sessions(now: datetime) -> Select[Any]:
    """Tickets whose session repeats weekly, and the date kept is past."""
    weekly = (col(Ticket.session_is_weekly), col(Ticket.session_on) < clock.local(now).date())
    return select(Ticket.number).where(_IS_LIVE, *weekly)


def advance_weekly_session(session: Session, _now: datetime, number: int) -> None:
    """Move the session to its next date, and the clocks with it."""
    staff.advance_weekly_session(session, SYSTEM, number)


def ended_snoozes(now: datetime) -> Select[Any]:
    """Tickets that were left aside until now, or until while the desk was down."""
    return select(Ticket.number).where(_IS_LIVE, col(Ticket.snoozed_until_at) <= now)


def wake(session: Session, _now: datetime, number: int) -> None:
    """Bring it back among what is to do, and tell whoever has it."""
    ticket = snooze.wake(session, SYSTEM, number)
    notify_user(session, ticket, ticket.assignee_id, "back_again")
