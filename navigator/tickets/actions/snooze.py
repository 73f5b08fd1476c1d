"""Snooze: a ticket leaves the queue for hours or days of its service, never beyond when it is due."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import cast

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
AFTERNOON = time(13)


@clock.one_moment()
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
    """The moment at which a ticket comes back; refused, in words, where that would be too late."""
    calendar = calendar_of(session.get_one(Service, ticket.service_id))
    field = snooze_input.until if snooze_input.until in ("days", "on") else "until"
    wake_at = _wake_at(calendar, ticket, snooze_input)
    if wake_at is None:
        raise Invalid("There is a problem", {field: _NEVER[snooze_input.until]})
    if wake_at <= clock.now():
        raise Invalid("There is a problem", {field: "Choose a time that is still to come."})
    if wake_at > clock.now() + MAX_DAYS_AHEAD:
        raise Invalid(
            "There is a problem", {field: f"Choose a day within the next {MAX_DAYS_AHEAD.days} days."}
        )
    if wake_at >= ticket.due_at:
        message = f"It would come back {when(wake_at)}. That is too late: it is due {when(ticket.due_at)}."
        raise Invalid("There is a problem", {field: message})
    return wake_at


def _wake_at(calendar: WorkingCalendar, ticket: Ticket, asked: SnoozeInput) -> datetime | None:
    """The moment at which a ticket comes back, while the service is open; None where there is none."""
    if asked.until == "days":
        return calendar.opening_from(calendar.working_day_after(clock.today(), asked.days or 1))
    if asked.until == "on":
        day = asked.on or clock.today()
        return (
            calendar.next_opening(clock.london_time(day, asked.at))
            if asked.at
            else calendar.opening_from(day)
        )
    return _PRESETS[asked.until](calendar, ticket)


def _in_an_hour(calendar: WorkingCalendar, _: Ticket) -> datetime:
    return calendar.add(clock.now(), 60)


def _this_afternoon(calendar: WorkingCalendar, _: Ticket) -> datetime | None:
    starts_at = clock.london_time(clock.today(), AFTERNOON)
    return starts_at if calendar.next_opening(starts_at) == starts_at else None


def _next_morning(calendar: WorkingCalendar, _: Ticket) -> datetime:
    opens_at = calendar.opening_from(clock.today())
    return opens_at if opens_at > clock.now() else calendar.opening_from(clock.today() + _ONE_DAY)


def _next_week(calendar: WorkingCalendar, _: Ticket) -> datetime:
    return calendar.opening_from(clock.today() + (7 - clock.today().weekday()) * _ONE_DAY)


def _before_session(calendar: WorkingCalendar, ticket: Ticket) -> datetime | None:
    day = ticket.session_on
    return calendar.opening_from(calendar.previous_working_day(day)) if day else None


_PRESETS: Mapping[str, Callable[[WorkingCalendar, Ticket], datetime | None]] = MappingProxyType(
    {
        "hour": _in_an_hour,
        "afternoon": _this_afternoon,
        "morning": _next_morning,
        "week": _next_week,
        "session": _before_session,
    }
)
_NEVER = {
    "afternoon": "The service is closed this afternoon.",
    "session": "The date of the next session is not known.",
}


@dataclass(frozen=True)
class SnoozeOption:
    """A preset that makes sense now, and when a ticket would come back by it."""

    until: SnoozeUntil
    wakes_at: datetime

    @property
    def days_ahead(self) -> int:
        """How many days from today that is."""
        return (clock.local(self.wakes_at).date() - clock.today()).days


@clock.one_moment()
def snooze_options(session: Session, ticket: Ticket) -> Sequence[SnoozeOption]:
    """The presets that make sense for a ticket now: each moment once, the soonest first, before it is due.

    An hour from now makes none where the service closes before.
    """
    calendar = calendar_of(session.get_one(Service, ticket.service_id))
    options: dict[datetime, SnoozeOption] = {}
    for until, preset in _PRESETS.items():
        wakes_at = preset(calendar, ticket)
        is_to_come = wakes_at is not None and clock.now() < wakes_at < ticket.due_at
        is_soon = until != "hour" or wakes_at == clock.now() + timedelta(hours=1)
        if wakes_at and is_to_come and is_soon:
            options.setdefault(wakes_at, SnoozeOption(cast(SnoozeUntil, until), wakes_at))
    return sorted(options.values(), key=lambda option: option.wakes_at)
