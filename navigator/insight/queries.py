"""Queries of the managers' report: metrics by period, of the services that the actor manages alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from math import sqrt
from operator import add
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.insight.buckets import bucket_of, buckets
from navigator.insight.day_counts import REPORT_METRICS, SUMS, count_columns, is_among, kept_days
from navigator.insight.period_filter import PeriodFilter
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.small_numbers import MIN_COUNT
from navigator.tickets.day_counts import DayCount
from navigator.tickets.metrics import (
    MetricName,
    Period,
    consecutive,
    managed_by,
    reported_in,
)
from navigator.tickets.report_draft import Deflection
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to

_Answer = TypeVar("_Answer")

TOP = 10


class PeriodCounts(NamedTuple):
    """A count of the period, of as many days before, and of as many before those."""

    now: int = 0
    before: int = 0
    earlier: int = 0

    @property
    def is_rise(self) -> bool:
        """Whether it rose by five or more, and by twice what two periods alike differ by chance.

        Counts that nothing changes differ by about the root of their sum (Poisson): of forty such
        comparisons about one would be told of in vain.
        """
        more = self.now - self.before
        return more >= MIN_COUNT and more >= 2 * sqrt(self.now + self.before)

    def without(self, others: "PeriodCounts") -> "PeriodCounts":
        """The counts without those of others, which are among them."""
        return PeriodCounts(*(count - other for count, other in zip(self, others, strict=True)))


class ReportedProblem(NamedTuple):
    """A category in a programme, by code and name, and how often it was reported."""

    category: str | None
    code: str | None
    name: str | None
    counts: PeriodCounts


class ReportCounts(NamedTuple):
    """What was reported: the counts of each metric, and every problem."""

    by_metric: dict[MetricName, PeriodCounts]
    by_service: Mapping[int, Mapping[MetricName, PeriodCounts]]
    problems: Sequence[ReportedProblem]
    """Those of the period most first, then those of before alone."""
    rows: Sequence[Row[Any]]
    """What that is summed from: counts and minutes by period, service, category and programme."""


@dataclass(frozen=True)
class ReportScope:
    """Whose tickets to count, and of which days; `services` and `programmes`, by code, are the choices."""

    actor: Actor
    days: Period
    services: Mapping[str, Service]
    programmes: Mapping[str, Programme]
    service: str = ""
    programme: str = ""
    reporter: str = ""
    answers: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was asked for this report already, by the query."""

    @cached_property
    def periods(self) -> tuple[Period, Period, Period]:
        """The period, the one before, and the one before that."""
        before = self.days.previous()
        return self.days, before, before.previous()

    @cached_property
    def all_days(self) -> Period:
        """The periods together."""
        return Period(self.periods[-1].first, self.days.last)

    def ticket_condition(self) -> ColumnElement[bool]:
        """That a ticket is one to count, on whatever day."""
        return self._ticket_condition

    @cached_property
    def _ticket_condition(self) -> ColumnElement[bool]:
        return and_(visible_to(self.actor), managed_by(self.actor), self.row_condition(Ticket))

    def row_condition(self, table: Any) -> ColumnElement[bool]:
        """That a row belongs to the chosen service and programme, and to the reporters, if it knows them."""
        codes = [self.service] if self.service else self.services
        ids = [self.services[code].id for code in codes]
        conditions: list[ColumnElement[bool]] = [col(table.service_id).in_(ids)]
        if self.programme:
            conditions.append(col(table.programme_id) == self.programmes[self.programme].id)
        if self.reporter and hasattr(table, "reporter_kind"):
            conditions.append(col(table.reporter_kind) == self.reporter)
        return and_(*conditions)


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
        select(Service).where(col(Service.id).in_(service_ids)).order_by(col(Service.name), col(Service.id))
    )
    offered = select(col(ServiceProgramme.programme_id)).where(
        col(ServiceProgramme.service_id).in_(service_ids)
    )
    query = (
        select(Programme)
        .where(col(Programme.id).in_(offered))
        .order_by(col(Programme.name), col(Programme.id))
    )
    scope = ReportScope(
        actor=actor,
        days=period_filter.days,
        services={service.code: service for service in services},
        programmes={programme.code: programme for programme in session.scalars(query)},
        service=period_filter.service,
        programme=period_filter.programme,
        reporter=period_filter.reporter,
    )
    if period_filter.service and period_filter.service not in scope.services:
        raise Invalid("There is a problem", {"service": "Choose a service that you manage."})
    if period_filter.programme and period_filter.programme not in scope.programmes:
        raise Invalid("There is a problem", {"programme": "Choose a programme from the list."})
    return scope


@once
def report_counts(session: Session, scope: ReportScope) -> ReportCounts:
    """What was reported, by metric and by problem."""
    rows = _rows_by_period(session, scope)
    return ReportCounts(
        by_metric=_by_metric(rows),
        by_service={
            service.id: _by_metric([row for row in rows if row.service_id == service.id])
            for service in scope.services.values()
        },
        problems=_problems(rows),
        rows=rows,
    )


@once
def kept_ever(session: Session, _: ReportScope) -> set[date]:
    """All days whose kept counts hold."""
    return kept_days(session)


FIRST_SUM = 5
"""Before it a row has its bucket, service, category, and the code and name of the programme."""
EARLIEST, THIS_PERIOD = 0, 2
"""The first bucket of all, and that of the period: those before it are whole periods, the earliest first."""


@once
def compared_programmes(session: Session, scope: ReportScope) -> frozenset[str | None]:
    """The codes of programmes that were reported on before the period before.

    Of others that period may not be whole: all that is ever reported of them would seem to rise.
    """
    rows = report_counts(session, scope).rows
    return frozenset(row.code for row in rows if row.bucket == EARLIEST and row.all_count)


def _by_metric(rows: Sequence[Row[Any]]) -> dict[MetricName, PeriodCounts]:
    """The sums of every metric, in one pass: of a long period there are thousands of rows."""
    sums = [[0] * len(REPORT_METRICS) for _ in PeriodCounts._fields]
    for row in rows:
        period = max(0, THIS_PERIOD - row.bucket)
        sums[period] = [*map(add, sums[period], row[FIRST_SUM:])]
    return {name: PeriodCounts(*(each[n] for each in sums)) for n, name in enumerate(REPORT_METRICS)}


def sums_of(rows: Iterable[Row[Any]], column: str) -> PeriodCounts:
    """The sums of a column in each period."""
    sums = [0, 0, 0]
    for row in rows:
        sums[max(0, THIS_PERIOD - row.bucket)] += getattr(row, column)
    return PeriodCounts(*sums)


def _problems(rows: Sequence[Row[Any]]) -> list[ReportedProblem]:
    """Every problem that was reported; among equals, those that were before too come first."""
    by_problem: dict[tuple[Any, ...], list[Row[Any]]] = {}
    for row in rows:
        by_problem.setdefault((row.category, row.code, row.name), []).append(row)
    problems = [
        ReportedProblem(category, code, name, sums_of(found, "all_count"))
        for (category, code, name), found in by_problem.items()
    ]
    return sorted(problems, key=_order)


def _order(problem: ReportedProblem) -> tuple[Any, ...]:
    names = ((name is None, name or "") for name in (problem.category, problem.code, problem.name))
    return (*(-count for count in problem.counts), *names)


def _rows_by_period(session: Session, scope: ReportScope) -> Sequence[Row[Any]]:
    """The counts by period, category and programme: those that are kept, and of other days anew."""
    periods = scope.periods[::-1]
    kept = set(scope.all_days.among(kept_ever(session, scope)))
    fresh = [day for day in scope.all_days.dates if day not in kept]
    rows = [*session.execute(_kept_query(scope, periods, kept))] if kept else []
    if fresh:
        bucket = bucket_of(col(Ticket.reported_at), [days.start_at for days in periods])
        query = _by_problem(bucket, count_columns(Period(fresh[0], fresh[-1])))
        is_fresh = or_(*(reported_in(days) for days in consecutive(fresh)))
        rows += session.execute(query.where(scope.ticket_condition(), is_fresh))
    return rows


def _kept_query(scope: ReportScope, periods: Sequence[Period], kept: set[date]) -> Select[Any]:
    """The sums of what is kept. Each period alone, and names for sums only: there is less to sort by."""
    sums = [func.sum(getattr(DayCount, name)).label(name) for name in SUMS]
    group = (col(DayCount.service_id), col(DayCount.category), col(DayCount.programme_id))
    found = union_all(
        *(
            select(literal(n, literal_execute=True).label("bucket"), *group, *sums)
            .where(scope.row_condition(DayCount), is_among(col(DayCount.reported_on), days.among(kept)))
            .group_by(*group)
            for n, days in enumerate(periods)
        )
    ).subquery()
    names = (found.c.bucket, found.c.service_id, found.c.category, col(Programme.code), col(Programme.name))
    query = select(*names, *(found.c[name] for name in SUMS)).select_from(found)
    return query.outerjoin(Programme, col(Programme.id) == found.c.programme_id)


def _by_problem(bucket: ColumnElement[int], counts: Sequence[Any]) -> Select[Any]:
    group = (col(Ticket.service_id), col(Ticket.category), col(Programme.code), col(Programme.name))
    query = select(bucket.label("bucket"), *group, *counts)  # sums begin at FIRST_SUM
    query = query.outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
    return query.group_by("bucket", *group)


def buckets_of(scope: ReportScope) -> list[Period]:
    """The periods before, the earliest first, and the days or weeks of the period itself."""
    return [*reversed(scope.periods[1:]), *buckets(scope.days)]


@once
def deflections(session: Session, scope: ReportScope) -> PeriodCounts:
    """How often a ticket was deflected: a known fix helped before it was made."""
    moment = col(Deflection.created_at)
    columns = [func.count().filter(days.contains(moment)) for days in scope.periods]
    query = select(*columns).where(scope.row_condition(Deflection), scope.all_days.contains(moment))
    return PeriodCounts(*session.execute(query).one())
