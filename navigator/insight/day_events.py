"""Calls, session warnings and clinical reviews of the reports of a day, by the day on which they happened."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import pairwise
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, insert, select
from sqlmodel import Session, col

from navigator import clock
from navigator.people.actor import SYSTEM
from navigator.tickets.day_counts import DayCall, DayEvent
from navigator.tickets.enums import CallDirection, CallOutcome
from navigator.tickets.metrics import IS_COUNTED, IS_WARNING, Period, reported_in
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.review_metrics import BY_A_PERSON, LATE, UNREAD, is_unnoticed
from navigator.tickets.ticket import ClinicalReview, Event, Ticket
from navigator.tickets.visibility import visible_to

WARNED, REVIEWED, NOT_IN_TIME, UNREAD_YET, MISSED = "warned", "reviewed", "not_in_time", "unread", "missed"
"""A session warning; a clinical review, one that was read late or is not read, one that is not read; one
that a person asked for where the screen had noticed nothing."""


class CallKey(NamedTuple):
    """What calls are counted by."""

    reported_on: date
    called_on: date
    service_id: int
    programme_id: int | None
    reporter_kind: str
    purpose: str


class CallSums(NamedTuple):
    """How many calls, those with their minutes noted, these minutes; those we began, and reached somebody."""

    calls: int = 0
    noted: int = 0
    minutes: int = 0
    begun: int = 0
    spoke: int = 0


class EventKey(NamedTuple):
    """What tickets are counted by, of each event and each day on which it happened."""

    reported_on: date
    event: str
    happened_on: date
    before_on: date | None
    service_id: int
    programme_id: int | None
    reporter_kind: str


Whose = tuple[int, int | None, str]
"""The service, programme and reporter of a report."""


def keep_events(session: Session, day: date) -> None:
    """Count what happened to the reports of a day and keep that, in the transaction of their counts."""
    for table in (DayCall, DayEvent):
        session.execute(delete(table).where(col(table.reported_on) == day))
    is_of_day = visible_to(SYSTEM) & IS_COUNTED & reported_in(Period(day, day))
    if calls := calls_of(session, is_of_day):
        session.execute(insert(DayCall), [key._asdict() | sums._asdict() for key, sums in calls.items()])
    if events := events_of(session, is_of_day):
        session.execute(insert(DayEvent), [key._asdict() | {"count": n} for key, n in events.items()])


def calls_of(session: Session, is_ticket: ColumnElement[bool]) -> Mapping[CallKey, CallSums]:
    """The calls with the reporters of these tickets, whenever they were."""
    call = (PhoneCall.created_at, PhoneCall.purpose, PhoneCall.minutes, PhoneCall.direction)
    sums: dict[CallKey, CallSums] = defaultdict(CallSums)
    for *group, at, purpose, minutes, direction, outcome in session.execute(
        _of_tickets(PhoneCall, is_ticket, *call, PhoneCall.outcome)
    ):
        reported_on, whose = _group(*group)
        key = CallKey(reported_on, clock.local(at).date(), *whose, purpose)
        is_begun = direction == CallDirection.US
        one = (1, minutes is not None, minutes or 0, is_begun, is_begun and outcome == CallOutcome.SPOKE)
        sums[key] = CallSums(*map(add, sums[key], one))
    return sums


def events_of(session: Session, is_ticket: ColumnElement[bool]) -> Counter[EventKey]:
    """How many of these tickets something happened to, by the day on which it did and the one before that."""
    days: dict[tuple[int, tuple[date, Whose], str], set[date]] = defaultdict(set)
    for number, group, event, at in (*_warnings(session, is_ticket), *_reviews(session, is_ticket)):
        days[number, group, event].add(clock.local(at).date())
    found: Counter[EventKey] = Counter()
    for (_, (reported_on, whose), event), happened_on in days.items():
        for before_on, on in pairwise([None, *sorted(happened_on)]):
            if on is not None:
                found[EventKey(reported_on, event, on, before_on, *whose)] += 1
    return found


Happened = tuple[int, tuple[date, Whose], str, datetime]


def _warnings(session: Session, is_ticket: ColumnElement[bool]) -> Iterator[Happened]:
    query = _of_tickets(Event, is_ticket, Event.ticket_number, Event.created_at).where(IS_WARNING)
    for *group, number, at in session.execute(query):
        yield number, _group(*group), WARNED, at


def _reviews(session: Session, is_ticket: ColumnElement[bool]) -> Iterator[Happened]:
    number = col(ClinicalReview.ticket_number)
    flags = (LATE | UNREAD, UNREAD, BY_A_PERSON & is_unnoticed(number))
    query = _of_tickets(ClinicalReview, is_ticket, number, ClinicalReview.opened_at, *flags)
    for *group, number, at, is_bad, is_unread, is_missed in session.execute(query):
        whose = _group(*group)
        yield number, whose, REVIEWED, at
        for event, is_so in ((NOT_IN_TIME, is_bad), (UNREAD_YET, is_unread), (MISSED, is_missed)):
            if is_so:
                yield number, whose, event, at


def _of_tickets(table: Any, is_ticket: ColumnElement[bool], *columns: Any) -> Select[Any]:
    group: tuple[Any, ...] = (
        Ticket.reported_at, Ticket.service_id, Ticket.programme_id, Ticket.reporter_kind,
    )  # fmt: skip
    # By number, or SQLite reads all that ever happened.
    numbers = select(col(Ticket.number)).where(is_ticket).correlate(None)
    query: Select[Any] = select(*group, *columns).join(table, col(table.ticket_number) == col(Ticket.number))
    return query.where(col(table.ticket_number).in_(numbers))


def _group(
    reported_at: datetime, service_id: int, programme_id: int | None, reporter_kind: str
) -> tuple[date, Whose]:
    return clock.local(reported_at).date(), (service_id, programme_id, reporter_kind)
