"""Queries of the managers' report: metrics by period, of the services that the actor manages alone."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.insight.day_counts import COLUMNS, REPORT_METRICS, count_columns, kept_days
from navigator.insight.period_filter import PeriodFilter
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.action_rules import Action
from navigator.tickets.day_counts import DayCount
from navigator.tickets.metrics import (
    METRICS,
    MetricName,
    Period,
    consecutive,
    has_event_in,
    managed_by,
    reported_in,
)
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.report_draft import Deflection
from navigator.tickets.ticket import Event, Ticket
from navigator.tickets.visibility import visible_to

_Answer = TypeVar("_Answer")

TOP = 10
MAX_DAILY_BUCKETS = 31
"""Up to so many days a chart has a bar for each; beyond that for each week."""

EVENT_METRICS: tuple[MetricName, ...] = (
    "touched", "handed_over", "missed", "read_in_time", "read_late", "unread",
)  # fmt: skip


class PeriodCounts(NamedTuple):
    """A count of the period, of as many days before, and of as many before those."""

    now: int = 0
    before: int = 0
    earlier: int = 0


class ReportedProblem(NamedTuple):
    """A category in a programme, by code and name, and how often it was reported."""

    category: str | None
    code: str | None
    name: str | None
    counts: PeriodCounts


class ReportCounts(NamedTuple):
    """What was reported: the counts of each metric, the number of each day or week, and every problem."""

    by_metric: dict[MetricName, PeriodCounts]
    by_period: dict[Period, int]
    problems: Sequence[ReportedProblem]
    """Those of the period most first, then those of before alone."""


@dataclass(frozen=True)
class ReportScope:
    """Whose tickets to count, and of which days; `services` and `programmes`, by code, are the choices."""

    actor: Actor
    days: Period
    services: Mapping[str, Service]
    programmes: Mapping[str, Programme]
    service: str = ""
    programme: str = ""
    answers: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was asked for this report already, by the query."""

    @property
    def periods(self) -> tuple[Period, Period, Period]:
        """The period, the one before, and the one before that."""
        before = self.days.previous()
        return self.days, before, before.previous()

    @property
    def all_days(self) -> Period:
        """The periods together."""
        return Period(self.periods[-1].first, self.days.last)

    def ticket_condition(self) -> ColumnElement[bool]:
        """That a ticket is one to count, on whatever day."""
        return and_(visible_to(self.actor), managed_by(self.actor), self.row_condition(Ticket))

    def row_condition(self, table: Any) -> ColumnElement[bool]:
        """That a row belongs to the chosen service and programme."""
        codes = [self.service] if self.service else self.services
        in_services = col(table.service_id).in_([self.services[code].id for code in codes])
        if not self.programme:
            return in_services
        return and_(in_services, col(table.programme_id) == self.programmes[self.programme].id)


def once(query: Callable[[Session, ReportScope], _Answer]) -> Callable[[Session, ReportScope], _Answer]:
    """A query of several sections, asked once for a report."""

    @wraps(query)
    def ask_once(session: Session, scope: ReportScope) -> _Answer:
        if query not in scope.answers:
            scope.answers[query] = query(session, scope)
        answer: _Answer = scope.answers[query]
        return answer

    return ask_once


def resolve_scope(session: Session, actor: Actor, period_filter: PeriodFilter) -> ReportScope:
    """The scope of a period filter, among the services that the actor manages and their programmes."""
    service_ids = sorted(actor.services(Role.MANAGER))
    services = session.scalars(
        select(Service).where(col(Service.id).in_(service_ids)).order_by(col(Service.name))
    )
    offered = select(col(ServiceProgramme.programme_id)).where(
        col(ServiceProgramme.service_id).in_(service_ids)
    )
    query = select(Programme).where(col(Programme.id).in_(offered)).order_by(col(Programme.name))
    scope = ReportScope(
        actor=actor,
        days=period_filter.days,
        services={service.code: service for service in services},
        programmes={programme.code: programme for programme in session.scalars(query)},
        service=period_filter.service,
        programme=period_filter.programme,
    )
    if period_filter.service and period_filter.service not in scope.services:
        raise Invalid("There is a problem", {"service": "Choose a service that you manage."})
    if period_filter.programme and period_filter.programme not in scope.programmes:
        raise Invalid("There is a problem", {"programme": "Choose a programme from the list."})
    return scope


@once
def report_counts(session: Session, scope: ReportScope) -> ReportCounts:
    """What was reported, by metric, by day or week, and by problem."""
    periods = [*reversed(scope.periods[1:]), *buckets(scope.days)]
    rows = _rows_by_bucket(session, scope, periods)
    by_bucket = Counter[int]()
    for row in rows:
        by_bucket[row.bucket] += row.all_count
    return ReportCounts(
        by_metric={name: _sums(rows, COLUMNS[name]) for name in REPORT_METRICS},
        by_period={days: by_bucket[n] for n, days in enumerate(periods) if n >= _THIS_PERIOD},
        problems=_problems(rows),
    )


_THIS_PERIOD = 2
"""The first bucket of the period: those before are whole periods, the earliest first."""


def _sums(rows: Iterable[Row[Any]], column: str) -> PeriodCounts:
    sums = [0, 0, 0]
    for row in rows:
        sums[max(0, _THIS_PERIOD - row.bucket)] += getattr(row, column)
    return PeriodCounts(*sums)


def _problems(rows: Sequence[Row[Any]]) -> list[ReportedProblem]:
    """Every problem that was reported; among equals, those that were before too come first."""
    by_problem: dict[tuple[Any, ...], list[Row[Any]]] = {}
    for row in rows:
        by_problem.setdefault((row.category, row.code, row.name), []).append(row)
    problems = [
        ReportedProblem(category, code, name, _sums(found, "all_count"))
        for (category, code, name), found in by_problem.items()
    ]
    return sorted(problems, key=_order)


def _order(problem: ReportedProblem) -> tuple[Any, ...]:
    names = ((name is None, name or "") for name in (problem.category, problem.code, problem.name))
    return (*(-count for count in problem.counts), *names)


def _rows_by_bucket(session: Session, scope: ReportScope, periods: Sequence[Period]) -> Sequence[Row[Any]]:
    """The counts by bucket, category and programme: those that are kept, and of other days anew."""
    kept = kept_days(session, scope.all_days)
    fresh = [day for day in scope.all_days.dates if day not in kept]
    bucket = _bucket(col(DayCount.reported_on), [days.first for days in periods])
    sums = [func.sum(getattr(DayCount, name)).label(name) for name in COLUMNS.values()]
    query = _by_problem(DayCount, bucket, sums)
    query = query.where(scope.row_condition(DayCount), col(DayCount.reported_on).in_(sorted(kept)))
    rows = [*session.execute(query)] if kept else []
    if fresh:
        bucket = _bucket(col(Ticket.reported_at), [days.start_at for days in periods])
        query = _by_problem(Ticket, bucket, count_columns(Period(fresh[0], fresh[-1])))
        is_fresh = or_(*(reported_in(days) for days in consecutive(fresh)))
        rows += session.execute(query.where(scope.ticket_condition(), is_fresh))
    return rows


def _by_problem(table: Any, bucket: ColumnElement[int], counts: Sequence[Any]) -> Select[Any]:
    group = (col(table.category), col(Programme.code), col(Programme.name))
    query = select(bucket.label("bucket"), *group, *counts).select_from(table)
    return query.outerjoin(Programme, col(Programme.id) == col(table.programme_id)).group_by("bucket", *group)


def _bucket(value: Any, starts: Sequence[Any], first: int = 0) -> ColumnElement[int]:
    """Which of the periods that begin so a value lies in, by halves."""
    if len(starts) == 1:
        return literal(first, literal_execute=True)
    half = len(starts) // 2
    earlier, later = _bucket(value, starts[:half], first), _bucket(value, starts[half:], first + half)
    return case((value < starts[half], earlier), else_=later)


def _count_columns(scope: ReportScope, names: Sequence[MetricName]) -> Iterator[ColumnElement[int]]:
    for name in names:
        yield from (func.count().filter(METRICS[name].condition(days)) for days in scope.periods)


def _counts_by_metric(names: Sequence[MetricName], row: Sequence[int]) -> dict[MetricName, PeriodCounts]:
    return {name: PeriodCounts(*row[3 * n : 3 * n + 3]) for n, name in enumerate(names)}


def buckets(days: Period) -> list[Period]:
    """A period cut into days, or into weeks that end with its last day."""
    step = 1 if days.length <= MAX_DAILY_BUCKETS else 7
    lasts = [days.last - timedelta(days=n) for n in range(0, days.length, step)]
    return [Period(max(days.first, last - timedelta(days=step - 1)), last) for last in reversed(lasts)]


@once
def event_counts(session: Session, scope: ReportScope) -> dict[MetricName, PeriodCounts]:
    """The counts of each metric, over tickets of any age, of what happened in the period."""
    query = select(*_count_columns(scope, EVENT_METRICS)).where(
        scope.ticket_condition(), has_event_in(scope.all_days)
    )
    return _counts_by_metric(EVENT_METRICS, session.execute(query).one())


@once
def waiting_for_supplier(session: Session, scope: ReportScope) -> tuple[int, datetime | None]:
    """How many tickets wait for the supplier now, and since when the oldest of them does."""
    # By number, or SQLite reads all tickets that the services ever had.
    waiting = select(col(Ticket.number)).where(IS_LIVE, METRICS["with_supplier"].condition(scope.days))
    parked = (
        select(col(Ticket.number), func.max(col(Event.created_at)).label("at"))
        .outerjoin(
            Event, and_(col(Event.ticket_number) == col(Ticket.number), col(Event.action) == Action.PARK)
        )
        .where(scope.ticket_condition(), col(Ticket.number).in_(waiting.correlate(None)))
        .group_by(col(Ticket.number))
        .subquery()
    )
    count, since = session.execute(select(func.count(), func.min(parked.c.at)).select_from(parked)).one()
    return count, since


@once
def deflections(session: Session, scope: ReportScope) -> PeriodCounts:
    """How often a ticket was deflected: a known fix helped before it was made."""
    moment = col(Deflection.created_at)
    columns = [func.count().filter(days.contains(moment)) for days in scope.periods]
    query = select(*columns).where(scope.row_condition(Deflection), scope.all_days.contains(moment))
    return PeriodCounts(*session.execute(query).one())
