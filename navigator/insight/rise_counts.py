"""Daily counts of each category in each programme of each service, and what people said of their rises."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator.catalogue.catalogue import Fixability, catalogue
from navigator.insight.day_counts import kept_days
from navigator.people.actor import SYSTEM
from navigator.problems.rise import Rise
from navigator.problems.spikes import ALL_DAYS, Family, Series
from navigator.tickets.day_counts import DayCount
from navigator.tickets.metrics import IS_COUNTED, Period, reported_in
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to


class Kind(NamedTuple):
    """What is counted by itself: a category in a programme."""

    programme_id: int
    category: str


Counts = dict[Kind, list[int]]


def families(session: Session) -> Mapping[int, Family[Kind]]:
    """The series of each service, by its id, with today as the last day."""
    days = Period.last_days(ALL_DAYS)
    rises = _rises_since(session, days.first)
    return {
        service_id: Family(_series(counts, days, rises.get(service_id, [])), days.last.weekday())
        for service_id, counts in _counts(session, days).items()
    }


def _counts(session: Session, days: Period) -> Mapping[int, Counts]:
    """The counts of a period by service: of days whose counts are kept from there, of others anew."""
    counts: dict[int, Counts] = defaultdict(lambda: defaultdict(lambda: [0] * days.length))
    kept = kept_days(session, days)
    rows = [(row.reported_on, row) for row in _kept_rows(session, days) if row.reported_on in kept]
    rows += [(day, row) for day in days.dates if day not in kept for row in _fresh_rows(session, day)]
    technical = {leaf.id for leaf in catalogue().leaves if leaf.fixability is not Fixability.DIVERT}
    for day, row in rows:
        if row.category in technical:
            counts[row.service_id][Kind(row.programme_id, row.category)][_index(days, day)] += row.reports
    return counts


def _index(days: Period, day: date) -> int:
    return (day - days.first).days


def _kept_rows(session: Session, days: Period) -> list[Row[Any]]:
    names = ("reported_on", "service_id", "programme_id", "category")
    query = select(*(getattr(DayCount, name) for name in names), col(DayCount.all_count).label("reports"))
    is_within = col(DayCount.reported_on).between(days.first, days.last)
    return [*session.execute(query.where(is_within, col(DayCount.programme_id).is_not(None)))]


def _fresh_rows(session: Session, day: date) -> list[Row[Any]]:
    group = (col(Ticket.service_id), col(Ticket.programme_id), col(Ticket.category))
    query = select(*group, func.count().label("reports")).group_by(*group)
    query = query.where(visible_to(SYSTEM), IS_COUNTED, reported_in(Period(day, day)))
    return [*session.execute(query.where(col(Ticket.programme_id).is_not(None)))]


def _rises_since(session: Session, first: date) -> Mapping[int, list[Rise]]:
    by_service: dict[int, list[Rise]] = defaultdict(list)
    for rise in session.scalars(select(Rise).where(col(Rise.last_on) >= first)):
        by_service[rise.service_id].append(rise)
    return by_service


def _series(counts: Counts, days: Period, rises: list[Rise]) -> dict[Kind, Series]:
    first_day = {
        kind.programme_id: min(
            next(day for day, count in enumerate(own) if count)
            for other, own in counts.items()
            if other.programme_id == kind.programme_id
        )
        for kind in counts
    }
    said: dict[Kind, list[Rise]] = defaultdict(list)
    for rise in rises:
        said[Kind(rise.programme_id, rise.category)].append(rise)
    return {
        kind: Series(
            own,
            frozenset(day for rise in said[kind] if not rise.dismissed_as for day in _days_of(rise, days)),
            max((rise.rate for rise in said[kind] if rise.dismissed_as), default=0.0),
            first_day[kind.programme_id],
        )
        for kind, own in counts.items()
    }


def _days_of(rise: Rise, days: Period) -> range:
    return range(max(_index(days, rise.began_on), 0), _index(days, rise.last_on) + 1)
