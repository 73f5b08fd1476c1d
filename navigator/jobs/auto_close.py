"""Auto-close of resolved tickets: a warning after quiet working days, then the close."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.clock import local
from navigator.people.actor import SYSTEM
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import staff
from navigator.tickets.actions.messages import notify_reporter
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Status, Ticket

NOTICE_DAYS = 3
"""Working days between the warning and the close."""

_A_DAY = timedelta(days=1)
_IS_RESOLVED = (col(Ticket.status) == Status.RESOLVED, col(Ticket.has_open_review).is_(False))
"""Nobody is told about an end while a clinician must read what they said."""


def tickets_to_warn(now: datetime) -> Select[Any]:
    """Resolved tickets without a warning or an open clinical review, on which nothing happened for a day."""
    may_be_due = (col(Ticket.auto_close_warned_at).is_(None), col(Ticket.updated_at) <= now - _A_DAY)
    return select(Ticket.number).where(*_IS_RESOLVED, *may_be_due)


def warn(session: Session, now: datetime, number: int) -> bool:
    """Warn the reporter that the ticket will be closed, once it has been quiet for long enough."""
    ticket = session.get_one(Ticket, number)
    service = session.get_one(Service, ticket.service_id)
    if not _is_due(service, service.quiet_days, ticket.updated_at, now):
        return False
    act(session, SYSTEM, Action.WARN, number)
    ticket.auto_close_warned_at = now
    notify_reporter(session, ticket, "quiet_warning", days=NOTICE_DAYS)
    return True


def tickets_to_close(now: datetime) -> Select[Any]:
    """Resolved tickets whose reporter was warned a day ago or more."""
    return select(Ticket.number).where(*_IS_RESOLVED, col(Ticket.auto_close_warned_at) <= now - _A_DAY)


def close(session: Session, now: datetime, number: int) -> bool:
    """Close a ticket when the notice period is over."""
    ticket = session.get_one(Ticket, number)
    service = session.get_one(Service, ticket.service_id)
    if not _is_due(service, NOTICE_DAYS, ticket.auto_close_warned_at or now, now):
        return False
    staff.close(session, SYSTEM, number)
    notify_reporter(session, ticket, "closed")
    return True


def _is_due(service: Service, days: int, since: datetime, now: datetime) -> bool:
    """Whether so many working days have passed and the service is open: nobody is written to at night."""
    calendar = calendar_of(service)
    days_passed = calendar.working_days_between(local(since).date(), local(now).date())
    return days_passed >= days and calendar.next_opening(now) == now
