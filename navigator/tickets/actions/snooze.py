"""Snoozing: a ticket is left aside until a working morning, never beyond the moment at which it is due."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.dates_in_words import when
from navigator.errors import Conflict, Invalid
from navigator.people.actor import Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import add_message
from navigator.tickets.deadlines import MAX_DAYS_AHEAD
from navigator.tickets.inputs import Snooze, SnoozeInput
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Ticket

_A_DAY = timedelta(days=1)


def snooze(session: Session, actor: Actor, number: int, what: SnoozeInput) -> Ticket:
    """Leave a ticket aside; `what.body` says why, for staff. It comes back by itself."""
    ticket = act(session, actor, Action.SNOOZE, number, what.version)
    ticket.snoozed_until_at = _until(session, ticket, what)
    if what.body:  # last: words of risk bring it back at once
        add_message(session, actor, ticket, Action.SNOOZE, what.body)
    return ticket


def wake(session: Session, actor: Actor, number: int, version: int | None = None) -> Ticket:
    """Bring a ticket back now."""
    ticket = act(session, actor, Action.WAKE, number, version)
    if ticket.snoozed_until_at is None:
        raise Conflict("This ticket is not snoozed.")
    ticket.snoozed_until_at = None
    return ticket


def _until(session: Session, ticket: Ticket, what: SnoozeInput) -> datetime:
    """The opening at which a ticket comes back; refused, in words, where that would be too late."""
    calendar = calendar_of(session.get_one(Service, ticket.service_id))
    field = what.until if what.until in ("days", "on") else "until"
    found = _moment(calendar, ticket, what.until, what.days or 0, what.on)
    if found is None:
        raise Invalid("There is a problem", {field: "The date of the next session is not known."})
    if found <= clock.now():
        raise Invalid("There is a problem", {field: "Choose a morning that is still to come."})
    if found > clock.now() + MAX_DAYS_AHEAD:
        raise Invalid(
            "There is a problem", {field: f"Choose a day within the next {MAX_DAYS_AHEAD.days} days."}
        )
    if found >= ticket.due_at:
        late = f"It would come back {when(found)}. That is too late: it is due {when(ticket.due_at)}."
        raise Invalid("There is a problem", {field: late})
    return found


def _moment(
    calendar: WorkingCalendar, ticket: Ticket, until: Snooze, days: int = 0, on: date | None = None
) -> datetime | None:
    today = clock.today()
    if until == "session":
        day = ticket.session_on
        return calendar.opening_from(calendar.previous_working_day(day)) if day else None
    if until == "on":
        return calendar.opening_from(on or today)
    opens_at = calendar.opening_from(today)
    if until == "morning" and opens_at > clock.now():
        return opens_at
    for _ in range(days or 1):
        today = clock.local(calendar.opening_from(today + _A_DAY)).date()
    return calendar.opening_from(today)


def snooze_options(session: Session, ticket: Ticket) -> Sequence[tuple[Snooze, datetime]]:
    """The mornings that can be named now, of those that come before the ticket is due."""
    calendar = calendar_of(session.get_one(Service, ticket.service_id))
    named: tuple[Snooze, ...] = ("morning", "session")
    found = ((one, _moment(calendar, ticket, one)) for one in named)
    return [(one, at) for one, at in found if at and clock.now() < at < ticket.due_at]
