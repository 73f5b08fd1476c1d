"""Metrics of tickets: what is counted over a period, each with its meaning and its condition.

A metric and the list that it opens ask for the same condition, so they cannot differ.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from navigator import clock
from navigator.catalogue.catalogue import Fixability
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.action_rules import Action
from navigator.tickets.review_metrics import BY_A_PERSON, LATE, UNREAD, is_unnoticed
from navigator.tickets.ticket import ClinicalReview, Event, Status, Ticket
from navigator.tickets.time_without import STOPS_PROGRAMME, still_without

Condition = ColumnElement[bool]
MetricName = Literal[
    "all", "ours", "supplier", "protocol", "divert", "nothing", "unsorted",
    "had_session", "in_time", "no_session", "ended", "reopened", "passed_on",
    "touched", "handed_over", "missed", "read_in_time", "read_late", "unread", "with_supplier",
    "without", "still_without",
]  # fmt: skip


@dataclass(frozen=True)
class Period:
    """Whole days in London, from the first to the last."""

    first: date
    last: date

    @classmethod
    def last_days(cls, length: int) -> "Period":
        """So many days, of which today is the last."""
        today = clock.today()
        return cls(today - timedelta(days=length - 1), today)

    @cached_property
    def start_at(self) -> datetime:
        """When the first day begins."""
        return clock.london_time(self.first, time.min)

    @cached_property
    def end_at(self) -> datetime:
        """When the last day is over: the first moment that is not within."""
        return clock.london_time(self.last + timedelta(days=1), time.min)

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def dates(self) -> list[date]:
        """Its days, the first one first."""
        return [self.first + timedelta(days=n) for n in range(self.length)]

    def previous(self) -> "Period":
        """As many days, just before."""
        return Period(self.first - timedelta(days=self.length), self.first - timedelta(days=1))

    def among(self, days: Iterable[date]) -> list[date]:
        """Those of these days that lie within."""
        return [day for day in days if self.first <= day <= self.last]

    def contains(self, moment: Mapped[datetime]) -> Condition:
        """That a moment lies within."""
        return and_(moment >= self.start_at, moment < self.end_at)


def consecutive(days: Sequence[date]) -> list[Period]:
    """Days in their order as periods, with no gap within any."""
    periods: list[Period] = []
    for day in days:
        if periods and day - periods[-1].last == timedelta(days=1):
            periods[-1] = Period(periods[-1].first, day)
        else:
            periods.append(Period(day, day))
    return periods


class Metric(NamedTuple):
    """One metric: its label, what that means in plain words, and which tickets it counts."""

    label: str
    help_text: str
    condition: Callable[[Period], Condition]


IS_COUNTED: Condition = col(Ticket.status) != Status.MERGED
"""What was merged counts once, where it went."""


def managed_by(actor: Actor) -> Condition:
    """That a ticket counts, and is of a service that the actor manages."""
    return and_(col(Ticket.service_id).in_(sorted(actor.services(Role.MANAGER))), IS_COUNTED)


def reported_in(period: Period) -> Condition:
    """That a ticket was reported within a period."""
    return period.contains(col(Ticket.reported_at))


def _reported_and(condition: Callable[[Period], Condition]) -> Callable[[Period], Condition]:
    return lambda period: and_(reported_in(period), condition(period))


def _fixable_by(*owners: Fixability) -> Callable[[Period], Condition]:
    return _reported_and(lambda _: col(Ticket.fixability).in_(owners))


# Values are spelt out where a partial index is to answer: both engines must see that it fits.
IS_WARNING: Condition = col(Event.action) == literal(Action.GUARD.value, literal_execute=True)
"""That an event tells a practitioner to plan a session without the online part."""
_SESSION_WARNINGS = select(col(Event.ticket_number)).where(IS_WARNING)
_REOPENED = select(col(Event.ticket_number)).where(
    col(Event.from_status).in_(
        [literal(status.value, literal_execute=True) for status in (Status.CLOSED, Status.RESOLVED)]
    ),
    col(Event.to_status) == literal(Status.OPEN.value, literal_execute=True),
    col(Event.action) != Action.TAKE_BACK,  # it had not ended for anybody
)


def _happened_since(events: Select[Any], period: Period) -> Condition:
    """That one of these events happened to a ticket of the period: none did before it was reported."""
    return col(Ticket.number).in_(events.where(col(Event.created_at) >= period.start_at))


def _was_warned(period: Period) -> Condition:
    """That a practitioner was to plan a session without the online part."""
    return _happened_since(_SESSION_WARNINGS, period)


def _was_reopened(period: Period) -> Condition:
    return _happened_since(_REOPENED, period)


def _had_session(period: Period) -> Condition:
    is_past = and_(col(Ticket.closed_at).is_(None), col(Ticket.session_deadline_at) <= clock.now())
    has_outcome = or_(col(Ticket.resolved_at).is_not(None), is_past)
    return or_(_was_warned(period), and_(col(Ticket.session_deadline_at).is_not(None), has_outcome))


def _in_time(period: Period) -> Condition:
    return and_(col(Ticket.resolved_at) <= col(Ticket.session_deadline_at), ~_was_warned(period))


def session_warnings(period: Period) -> Select[Any]:
    """The tickets of which a session had to be planned without the online part, by when that was."""
    return _SESSION_WARNINGS.where(period.contains(col(Event.created_at)))


def _reviews_in(period: Period) -> Select[Any]:
    return select(col(ClinicalReview.ticket_number)).where(period.contains(col(ClinicalReview.opened_at)))


def _warned_in(period: Period) -> Condition:
    return col(Ticket.number).in_(session_warnings(period))


def _has_review(period: Period, *conditions: Condition) -> Condition:
    return col(Ticket.number).in_(_reviews_in(period).where(*conditions))


def _missed_by_screen(period: Period) -> Condition:
    """That a person asked for a clinical review of what the safety screen had not noticed."""
    return and_(_has_review(period, BY_A_PERSON), is_unnoticed(col(Ticket.number)))


METRICS: Mapping[MetricName, Metric] = MappingProxyType(
    {
        "all": Metric("Tickets reported", "A ticket that was merged into another counts once.", reported_in),
        "ours": Metric(
            "Ours to put right",
            "A navigator, or somebody else in the service, can put it right.",
            _fixable_by(Fixability.NAVIGATOR, Fixability.SERVICE),
        ),
        "supplier": Metric(
            "The supplier’s",
            "Only the company that makes the programme can put it right.",
            _fixable_by(Fixability.SUPPLIER),
        ),
        "protocol": Metric(
            "The protocol’s",
            "The programme is meant to be like this. Nobody here can change it.",
            _fixable_by(Fixability.PROTOCOL),
        ),
        "divert": Metric(
            "Not for us",
            "It is not a technical problem. Somebody else has to deal with it.",
            _fixable_by(Fixability.DIVERT),
        ),
        "nothing": Metric(
            "Nothing to fix", "For example a question or a suggestion.", _fixable_by(Fixability.NONE)
        ),
        "unsorted": Metric(
            "Not sorted yet",
            "Nobody has said yet who can put it right.",
            _reported_and(lambda _: col(Ticket.fixability).is_(None)),
        ),
        "had_session": Metric(
            "With a session to be ready for",
            "Tickets that may stop the online part of a session, where the session came near or the ticket"
            " was put right. Tickets with time left, and those withdrawn, do not count yet.",
            _reported_and(_had_session),
        ),
        "in_time": Metric(
            "Put right before the next session",
            "Of those: put right by noon on the last working day before the session, and never so late that a"
            " practitioner had to plan a session without the online part.",
            _reported_and(_in_time),
        ),
        "no_session": Metric(
            "Without a session date",
            "We do not know when the next session is. The more there are, the less figures on sessions say.",
            _reported_and(lambda period: and_(col(Ticket.session_on).is_(None), ~_was_warned(period))),
        ),
        "ended": Metric(
            "Put right at least once",
            "Somebody said that it was put right, even if it came back.",
            _reported_and(lambda period: or_(col(Ticket.resolved_at).is_not(None), _was_reopened(period))),
        ),
        "reopened": Metric(
            "Came back",
            "Of those: opened again after they were put right or closed.",
            _reported_and(_was_reopened),
        ),
        "passed_on": Metric(
            "Passed on",
            "Given to a named contact of the service, such as the booking line.",
            _reported_and(lambda _: col(Ticket.diverted_to).is_not(None)),
        ),
        "touched": Metric(
            "Sessions touched",
            "Tickets, whenever reported, for which noon on the last working day before a session came in this"
            " period, and they were not put right. The session had to be planned without the online part.",
            _warned_in,
        ),
        "handed_over": Metric(
            "Tickets with a clinical review",
            "Something that a clinician had to read was said in this period.",
            _has_review,
        ),
        "missed": Metric(
            "Found by a person",
            "Of those: somebody wrote it, the desk’s screen noticed nothing, and a person asked a clinician"
            " to read it.",
            _missed_by_screen,
        ),
        "read_in_time": Metric(
            "Read in time",
            "Of those: read before the second alert of the service was due, in working time.",
            lambda period: and_(_has_review(period), ~_has_review(period, or_(UNREAD, LATE))),
        ),
        "read_late": Metric(
            "Read late",
            "Of those: read, but after that time.",
            lambda period: and_(_has_review(period, LATE), ~_has_review(period, UNREAD)),
        ),
        "unread": Metric(
            "Not read yet",
            "Of those: no clinician has said yet that they read it.",
            lambda period: _has_review(period, UNREAD),
        ),
        "without": Metric(
            "Could not use the programme",
            "Patients’ reports of something that normally stops the online part.",
            _reported_and(lambda _: STOPS_PROGRAMME),
        ),
        "still_without": Metric("Cannot use the programme now", "Whenever they reported it.", still_without),
        "with_supplier": Metric(
            "Waiting with the supplier",
            "Tickets that wait for the supplier now, whenever they were reported.",
            lambda _: col(Ticket.status) == literal(Status.WAITING_FOR_SUPPLIER.value, literal_execute=True),
        ),
    }
)
