"""Queries of the managers' report: metrics by period, of the services that the actor manages alone."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

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
from navigator.training.requests import OPEN_STATUSES
from navigator.training.tables import TrainingRequest

TOP = 10
MAX_DAILY_BUCKETS = 31
"""Up to so many days a chart has a bar for each; beyond that for each week."""

EVENT_METRICS: tuple[MetricName, ...] = (
    "touched", "handed_over", "missed", "read_in_time", "read_late", "unread",
)  # fmt: skip


class PeriodCounts(NamedTuple):
    """A count of the period, and of as many days before."""

    now: int
    before: int


class ReportedProblem(NamedTuple):
    """A category in a programme, by code and name, and how often it was reported."""

    category: str | None
    code: str | None
    name: str | None
    now: int
    before: int


class ReportCounts(NamedTuple):
    """What was reported: the counts of each metric, the number of each day or week, and what was most."""

    by_metric: dict[MetricName, PeriodCounts]
    by_period: dict[Period, int]
    most_reported: Sequence[ReportedProblem]


@dataclass(frozen=True)
class ReportScope:
    """Whose tickets to count, and of which days; `services` and `programmes`, by code, are the choices."""

    actor: Actor
    days: Period
    services: Mapping[str, Service]
    programmes: Mapping[str, Programme]
    service: str = ""
    programme: str = ""

    @property
    def periods(self) -> tuple[Period, Period]:
        """The period and the one before."""
        return self.days, self.days.previous()

    @property
    def all_days(self) -> Period:
        """Both periods together."""
        return Period(self.days.previous().first, self.days.last)

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


def report_counts(session: Session, scope: ReportScope) -> ReportCounts:
    """What was reported, by metric, by day or week, and by problem."""
    periods = [scope.days.previous(), *buckets(scope.days)]
    rows = _rows_by_bucket(session, scope, periods)
    sums = [PeriodCounts(*(_sum(rows, name, side) for side in (True, False))) for name in REPORT_METRICS]
    by_bucket = Counter[int]()
    for row in rows:
        by_bucket[row.bucket] += row.all_count
    return ReportCounts(
        by_metric=dict(zip(REPORT_METRICS, sums, strict=True)),
        by_period={days: by_bucket[n] for n, days in enumerate(periods) if n},
        most_reported=_most_reported(rows),
    )


def _sum(rows: Sequence[Row[Any]], name: MetricName, is_now: bool) -> int:
    return sum(getattr(row, COLUMNS[name]) for row in rows if bool(row.bucket) is is_now)


def _most_reported(rows: Sequence[Row[Any]]) -> list[ReportedProblem]:
    """The problems reported most in the period; among equals, those that were before too."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for row in rows:
        sums.setdefault((row.category, row.code, row.name), [0, 0])[not row.bucket] += row.all_count
    problems = [ReportedProblem(*key, *counts) for key, counts in sums.items() if counts[0]]
    return sorted(problems, key=_order)[:TOP]


def _order(problem: ReportedProblem) -> tuple[Any, ...]:
    names = ((name is None, name or "") for name in (problem.category, problem.code, problem.name))
    return (-problem.now, -problem.before, *names)


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
    return {name: PeriodCounts(*row[2 * n : 2 * n + 2]) for n, name in enumerate(names)}


def buckets(days: Period) -> list[Period]:
    """A period cut into days, or into weeks that end with its last day."""
    step = 1 if days.length <= MAX_DAILY_BUCKETS else 7
    lasts = [days.last - timedelta(days=n) for n in range(0, days.length, step)]
    return [Period(max(days.first, last - timedelta(days=step - 1)), last) for last in reversed(lasts)]


def event_counts(session: Session, scope: ReportScope) -> dict[MetricName, PeriodCounts]:
    """The counts of each metric, over tickets of any age, of what happened in the period."""
    query = select(*_count_columns(scope, EVENT_METRICS)).where(
        scope.ticket_condition(), has_event_in(scope.all_days)
    )
    return _counts_by_metric(EVENT_METRICS, session.execute(query).one())


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


def deflections(session: Session, scope: ReportScope) -> PeriodCounts:
    """How often a ticket was deflected: a known fix helped before it was made."""
    moment = col(Deflection.created_at)
    columns = [func.count().filter(days.contains(moment)) for days in scope.periods]
    query = select(*columns).where(scope.row_condition(Deflection), scope.all_days.contains(moment))
    return PeriodCounts(*session.execute(query).one())


def training_requests(session: Session, scope: ReportScope) -> Sequence[Row[Any]]:
    """Which training was asked for, how often, how many still wait, and since when the first of them does."""
    is_waiting, asked_at = col(TrainingRequest.status).in_(OPEN_STATUSES), col(TrainingRequest.asked_at)
    now, before = (func.count().filter(days.contains(asked_at)) for days in scope.periods)
    waiting = func.count().filter(is_waiting)
    return session.execute(
        select(
            col(TrainingRequest.topic),
            now.label("now"),
            before.label("before"),
            waiting.label("waiting"),
            func.min(asked_at).filter(is_waiting).label("since"),
        )
        .where(scope.row_condition(TrainingRequest), or_(scope.all_days.contains(asked_at), is_waiting))
        .group_by(col(TrainingRequest.topic))
        .having(or_(now > 0, waiting > 0))
        .order_by(now.desc(), waiting.desc(), col(TrainingRequest.topic))
    ).all()
