"""Phone calls: logged with their outcome, and when to try next in the service's business hours."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import NamedTuple

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.dates_in_words import when
from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.call_diary import end_by_log
from navigator.tickets.actions.messages import add_message
from navigator.tickets.activity import note_spoken
from navigator.tickets.deadlines import MAX_DAYS_AHEAD
from navigator.tickets.enums import CallDirection, CallOutcome, PartOfDay
from navigator.tickets.inputs import CallInput
from navigator.tickets.lifecycle import act
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Ticket

_NOON = time(12)
TRIES = 4
NOT_PHONED = "They asked not to be phoned, so nobody calls them."


def call(session: Session, actor: Actor, number: int, call_input: CallInput) -> Ticket:
    """Log a phone call with the reporter, or that nobody took it; what was said is for staff only."""
    ticket = act(session, actor, Action.CALL, number, call_input.version, came=call_input.came)
    _require_may_be_phoned(session, ticket, call_input)
    ticket.next_call_at = _booked_at(session, ticket, call_input) or _next_call_at(
        session, ticket, call_input
    )
    if call_input.came is CallOutcome.SPOKE:
        note_spoken(ticket)
    session.add(
        PhoneCall(
            ticket_number=number,
            user_id=actor.user_id,
            outcome=call_input.came,
            purpose=call_input.responsibility,
            direction=call_input.started_by,
            minutes=call_input.minutes,
        )
    )
    if call_input.body:
        add_message(session, actor, ticket, Action.CALL, call_input.body)
    return ticket


def _require_may_be_phoned(session: Session, ticket: Ticket, call_input: CallInput) -> None:
    """Refuse a call of ours, and one to come, to somebody who needs not to be phoned."""
    if not session.get_one(Reporter, ticket.reporter_id).is_not_phoned:
        return
    if call_input.next_on:
        raise Invalid("There is a problem", {"next_on": f"{NOT_PHONED} Leave this empty."})
    if call_input.started_by is CallDirection.US:
        words = f"{NOT_PHONED} If they called, say so. If you did call, write what was said as a note."
        raise Invalid("There is a problem", {"started_by": words})


def _booked_at(session: Session, ticket: Ticket, call_input: CallInput) -> datetime | None:
    """When a call begins that its reporter booked and that is ahead still: it stays.

    Who is to hear before that it was moved is called until they are reached."""
    booked_at = end_by_log(session, ticket)
    if booked_at and call_input.next_on:
        words = f"They booked a call: {when(booked_at)}. Leave this empty, or move or cancel that call first."
        raise Invalid("There is a problem", {"next_on": words})
    is_reached = call_input.came is CallOutcome.SPOKE
    return booked_at if is_reached or booked_at is None else ticket.next_call_at or booked_at


def _next_call_at(session: Session, ticket: Ticket, call_input: CallInput) -> datetime | None:
    if call_input.next_on is None:
        return None
    if call_input.next_on > clock.today() + MAX_DAYS_AHEAD:
        raise Invalid(
            "There is a problem", {"next_on": f"Choose a day within the next {MAX_DAYS_AHEAD.days} days."}
        )
    calendar = calendar_of(session.get_one(Service, ticket.service_id))
    next_call_at = _part_start_at(calendar, call_input.next_on, call_input.next_part)
    if next_call_at is None:
        raise Invalid("There is a problem", {"next_on": "Choose a part of a day that is still to come."})
    return next_call_at


def _part_start_at(calendar: WorkingCalendar, day: date, part: PartOfDay) -> datetime | None:
    """When a part of a day begins, that day or the next working day; None once it is over."""
    opens_at = calendar.opening_from(day)
    noon = clock.london_time(clock.local(opens_at).date(), _NOON)
    if part is PartOfDay.MORNING:
        return opens_at if clock.now() < noon else None
    begins_at = calendar.next_opening(noon)
    open_at = calendar.next_opening(max(clock.now(), begins_at))
    return begins_at if clock.local(open_at).date() == clock.local(begins_at).date() else None


class CallTime(NamedTuple):
    """A part of a day at which somebody can be phoned, and when that begins."""

    on: date
    part: PartOfDay
    starts_at: datetime


def next_tries(calendar: WorkingCalendar) -> Sequence[CallTime]:
    """The next parts of working days, and the same a week from now."""
    today, times = clock.today(), dict[datetime, CallTime]()
    days = [today + timedelta(days=ahead) for ahead in (*range(TRIES), 7)]
    for on, part in product(days, PartOfDay):
        starts_at = _part_start_at(calendar, on, part)
        if starts_at is not None:
            times.setdefault(starts_at, CallTime(on, part, starts_at))
    found = sorted(times.values(), key=lambda time: time.starts_at)
    in_a_week = [time for time in found[TRIES:] if time.on == days[-1]]
    return [*found[:TRIES], *in_a_week]
