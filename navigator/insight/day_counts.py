"""Counts of reports by day, kept so that a long period is read without its tickets.

The counts of a day hold until one of its tickets changes (`ChangedDay`) or a session deadline of one passes
(`CountedDay`), and none does once the clock is seen to have stood days ahead. Whoever reads counts all other
days anew, so that no figure is ever of before.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime

from navigator import clock, database
from navigator.insight import barriers
from navigator.insight.day_events import keep_events
from navigator.insight.day_figures import keep_figures
from navigator.people.actor import SYSTEM
from navigator.people.reporter import Reporter
from navigator.sql_minutes import minutes_between
from navigator.tickets.day_counts import ChangedDay, CountedDay, DayCount
from navigator.tickets.metrics import IS_COUNTED, METRICS, MetricName, Period, consecutive, reported_in
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to

REPORT_METRICS: tuple[MetricName, ...] = (
    "all", "ours", "supplier", "protocol", "divert", "nothing", "unsorted",
    "had_session", "in_time", "no_session", "ended", "reopened", "passed_on", "without",
)  # fmt: skip
OPEN_DAYS = timedelta(days=2)
"""Today and yesterday are not kept: by tomorrow everything is committed that began today, unmarked."""


COLUMNS: Mapping[MetricName, str] = MappingProxyType({name: f"{name}_count" for name in REPORT_METRICS})
"""The column of each metric’s count."""
MINUTES = "without_minutes"
SUMS = (*COLUMNS.values(), MINUTES)
"""The columns that are summed: of counts, and of minutes."""


def count_columns(days: Period) -> list[Any]:
    """The sums of tickets of a period: the count of each metric, and the minutes without the programme."""
    counts = [func.count().filter(METRICS[name].condition(days)).label(COLUMNS[name]) for name in COLUMNS]
    return [*counts, _minutes(days)]


def _minutes(days: Period) -> Any:
    """How many minutes patients could not use the programme, by what has ended of what they reported then."""
    ended_at = func.coalesce(col(Ticket.resolved_at), col(Ticket.closed_at))
    minutes = minutes_between(col(Ticket.reported_at), ended_at)
    total = func.sum(minutes).filter(METRICS["without"].condition(days), ended_at.is_not(None))
    return func.coalesce(total, 0).label(MINUTES)


EVER = Period(date(1970, 1, 1), date(2999, 12, 31))
"""Days of which no report is ever outside."""


MOST_GAPS = 300
"""A statement names each stretch of days that are not kept; SQLite takes a thousand conditions at most."""


def kept_days(session: Session, days: Period = EVER) -> set[date]:
    """The days of a period whose kept counts are read: they hold, and gaps between them are few enough."""
    kept = _days_that_hold(session, days)
    gaps = _gaps(kept)
    return kept if len(gaps) <= MOST_GAPS else {day for day in kept if day > gaps[-MOST_GAPS].first}


def _gaps(kept: Collection[date]) -> list[Period]:
    """The stretches of days between the first and the last of these that are none of them."""
    stretch = Period(min(kept), max(kept)) if kept else None
    return consecutive(sorted(set(stretch.dates).difference(kept))) if stretch else []


def _days_that_hold(session: Session, days: Period) -> set[date]:
    day, holds_until, now = col(CountedDay.reported_on), col(CountedDay.holds_until_at), clock.now()
    query = select(day).where(
        day.between(days.first, days.last),
        or_(holds_until.is_(None), holds_until > now),
        day.not_in(select(col(ChangedDay.reported_on))),
        ~_was_ahead(now),
    )
    return set(session.scalars(query))


def is_among(day: Any, days: Collection[date]) -> ColumnElement[bool]:
    """That a day is one of these: one stretch without its gaps, as few days of months are ever not kept."""
    if not days:
        return false()
    stretch = Period(min(days), max(days))
    gaps = sorted(set(stretch.dates).difference(days))
    return and_(day.between(stretch.first, stretch.last), day.not_in(gaps) if gaps else true())


def is_fresh(kept: Collection[date]) -> ColumnElement[bool]:
    """That a ticket was reported on none of these days, which are all whose kept counts hold.

    Moments are spelt out, so that PostgreSQL, whose plans are for any value, sees how few tickets those are.
    """
    stretch = Period(min(kept), max(kept)) if kept else Period(EVER.last, EVER.last)
    reported_at = col(Ticket.reported_at)

    def spelt(at: datetime) -> ColumnElement[datetime]:
        return literal(at, UTCDateTime(), literal_execute=True)

    within = (
        and_(reported_at >= spelt(days.start_at), reported_at < spelt(days.end_at)) for days in _gaps(kept)
    )
    return or_(reported_at < spelt(stretch.start_at), *within, reported_at >= spelt(stretch.end_at))


def days_to_count(session: Session) -> list[date]:
    """The days that are over and whose counts are not kept, or hold no longer; the newest first."""
    first_at = session.scalar(select(func.min(Ticket.reported_at)).where(visible_to(SYSTEM)))
    if first_at is None:
        return []
    days = Period(clock.local(first_at).date(), clock.today() - OPEN_DAYS)
    return sorted(set(days.dates) - _days_that_hold(session, days), reverse=True)


def forget_if_ahead(session: Session) -> None:
    """Keep nothing of what was counted while the clock stood ahead, now that it is put back."""
    session.execute(delete(CountedDay).where(_was_ahead(clock.now())))


def keep_counts(session: Session, day: date) -> None:
    """Count the reports of a day and keep that.

    Its row is locked first, and what marked it as changed is deleted before the tickets are read: what is
    committed meanwhile either is read, or has left a mark that was not yet to be seen.
    """
    row = database.insert(session, CountedDay).values(reported_on=day)
    session.execute(row.on_conflict_do_update(index_elements=["reported_on"], set_={"reported_on": day}))
    for table in (ChangedDay, DayCount):
        session.execute(delete(table).where(col(table.reported_on) == day))
    now = clock.now()
    names = [*_GROUP, "reported_on", *SUMS, *barriers.COLUMNS]
    session.execute(insert(DayCount).from_select(names, _counts(day)))
    keep_figures(session, day)
    keep_events(session, day)
    kept = update(CountedDay).where(col(CountedDay.reported_on) == day)
    session.execute(kept.values(holds_until_at=_next_deadline(day, now)))


def _was_ahead(now: datetime) -> ColumnElement[bool]:
    """That a day is counted which is not over: its changes leave no mark, and deadlines to come were past."""
    counted = aliased(CountedDay)
    return exists().where(col(counted.reported_on) > clock.local(now).date() - OPEN_DAYS)


_GROUP = ("service_id", "programme_id", "category", "reporter_kind")


def _counts(day: date) -> Select[Any]:
    group = [getattr(Ticket, name) for name in _GROUP]
    columns = (*group, literal(day), *count_columns(Period(day, day)), *barriers.count_columns())
    by_reporter = col(Reporter.id) == col(Ticket.reporter_id)
    return select(*columns).join(Reporter, by_reporter).where(*_is_of(day)).group_by(*group)


def _next_deadline(day: date, now: datetime) -> ScalarSelect[Any]:
    """When a session deadline passes that had not when the count began."""
    deadline = col(Ticket.session_deadline_at)
    return select(func.min(deadline)).where(*_is_of(day), deadline > now).scalar_subquery()


def _is_of(day: date) -> tuple[ColumnElement[bool], ...]:
    return visible_to(SYSTEM), IS_COUNTED, reported_in(Period(day, day))
