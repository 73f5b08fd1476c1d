"""Daily counts of each category in each programme of each service, and what people said of their rises."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator.catalogue.catalogue import Fixability, catalogue
from navigator.insight.buckets import bucket_of
from navigator.insight.day_counts import is_among, kept_days
from navigator.people.actor import SYSTEM
from navigator.problems.rise import Rise
from navigator.problems.spikes import ALL_DAYS, Family, Series
from navigator.tickets.day_counts import DayCount
from navigator.tickets.metrics import IS_COUNTED, Period, consecutive, reported_in
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to


class Kind(NamedTuple):
    """What is counted by itself: a category in a programme."""

    programme_id: int
    category: str


Counts = dict[Kind, list[int]]


ALL_SERVICES = 0
"""In place of a service's id: all of them together, by which what breaks everywhere is found sooner."""


def families(session: Session) -> Mapping[int, Family[Kind]]:
    """The series of each service, by its id, and of all together, with today as the last day."""
    days = Period.last_days(ALL_DAYS)
    rises = _rises_since(session, days.first)
    return {
        service_id: Family(_series(counts, days, rises.get(service_id, [])), days.last.weekday())
        for service_id, counts in _counts(session, days).items()
    }


def _counts(session: Session, days: Period) -> Mapping[int, Counts]:
    """The counts of a period by service: of days whose counts are kept from there, of others anew."""
    counts: dict[int, Counts] = defaultdict(lambda: defaultdict(lambda: [0] * days.length))
    technical = {leaf.id for leaf in catalogue().leaves if leaf.fixability is not Fixability.DIVERT}
    for row in _rows(session, days):
        if row.category in technical:
            for service_id in (row.service_id, ALL_SERVICES):
                counts[service_id][Kind(row.programme_id, row.category)][row.day] += row.reports
    return counts


def _rows(session: Session, days: Period) -> Iterator[Row[Any]]:
    """How many reports of each day, which is counted from 0, by service, programme and category."""
    kept = kept_days(session, days)
    fresh = [day for day in days.dates if day not in kept]
    day = bucket_of(col(DayCount.reported_on), days.dates)
    query = _by_kind(DayCount, day, func.sum(DayCount.all_count))
    yield from session.execute(query.where(is_among(col(DayCount.reported_on), kept)))
    if fresh:
        day = bucket_of(col(Ticket.reported_at), [Period(date, date).start_at for date in days.dates])
        is_fresh = or_(*(reported_in(part) for part in consecutive(fresh)))
        query = _by_kind(Ticket, day, func.count()).where(visible_to(SYSTEM), IS_COUNTED, is_fresh)
        yield from session.execute(query)


def _by_kind(table: Any, day: ColumnElement[int], reports: Any) -> Select[Any]:
    group = (col(table.service_id), col(table.programme_id), col(table.category))
    query = select(day.label("day"), *group, reports.label("reports")).select_from(table)
    return query.where(col(table.programme_id).is_not(None)).group_by("day", *group)


def _rises_since(session: Session, first: date) -> Mapping[int, list[Rise]]:
    by_service: dict[int, list[Rise]] = defaultdict(list)
    for rise in session.scalars(select(Rise).where(col(Rise.last_on) >= first)):
        by_service[rise.service_id].append(rise)
        by_service[ALL_SERVICES] += [] if rise.dismissed_as else [rise]
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
    return range(max((rise.began_on - days.first).days, 0), (rise.last_on - days.first).days + 1)
