"""Snooze: a ticket leaves the queue until a working morning, never beyond the time at which it is due."""

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
from navigator.tickets.inputs import SnoozeInput, SnoozeUntil
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Ticket

_ONE_DAY = timedelta(days=1)


def snooze(session: Session, actor: Actor, number: int, snooze_input: SnoozeInput) -> Ticket:
    """Snooze a ticket; `snooze_input.body` says why, for staff. It comes back by itself."""
    ticket = act(session, actor, Action.SNOOZE, number, snooze_input.version)
    ticket.snoozed_until_at = _snoozed_until_at(session, ticket, snooze_input)
    if snooze_input.body:  # last: words of risk bring it back at once
        add_message(session, actor, ticket, Action.SNOOZE, snooze_input.body)
    return ticket


def wake(session: Session, actor: Actor, number: int, version: int | None = None) -> Ticket:
    """End a snooze now."""
    ticket = act(session, actor, Action.WAKE, number, version)
    if ticket.snoozed_until_at is None:
        raise Conflict("This ticket is not snoozed.")
    ticket.snoozed_until_at = None
    return ticket


def _snoozed_until_at(session: Session, ticket: Ticket, snooze_input: SnoozeInput) -> datetime:
    """The opening time at which a ticket comes back; refused, in words, where that would be too late."""
    calendar = calendar_of(session.get_one(Service, ticket.service_id))
    field = snooze_input.until if snooze_input.until in ("days", "on") else "until"
    wake_at = _wake_at(calendar, ticket, snooze_input.until, snooze_input.days or 0, snooze_input.on)
    if wake_at is None:
        raise Invalid("There is a problem", {field: "The date of the next session is not known."})
    if wake_at <= clock.now():
        raise Invalid("There is a problem", {field: "Choose a morning that is still to come."})
    if wake_at > clock.now() + MAX_DAYS_AHEAD:
        raise Invalid(
            "There is a problem", {field: f"Choose a day within the next {MAX_DAYS_AHEAD.days} days."}
        )
    if wake_at >= ticket.due_at:
        message = f"It would come back {when(wake_at)}. That is too late: it is due {when(ticket.due_at)}."
        raise Invalid("There is a problem", {field: message})
    return wake_at


def _wake_at(
    calendar: WorkingCalendar, ticket: Ticket, until: SnoozeUntil, days: int = 0, on: date | None = None
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
        today = clock.local(calendar.opening_from(today + _ONE_DAY)).date()
    return calendar.opening_from(today)


def snooze_options(session: Session, ticket: Ticket) -> Sequence[tuple[SnoozeUntil, datetime]]:
    """The named mornings that a ticket can be snoozed until: those before it is due."""
    calendar = calendar_of(session.get_one(Service, ticket.service_id))
    options: tuple[SnoozeUntil, ...] = ("morning", "session")
    wake_times = ((until, _wake_at(calendar, ticket, until)) for until in options)
    return [
        (until, wake_at) for until, wake_at in wake_times if wake_at and clock.now() < wake_at < ticket.due_at
    ]
