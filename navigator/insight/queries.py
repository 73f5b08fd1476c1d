"""Queries of the managers' report: metrics by period, of the services that the actor manages alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.insight.period_filter import PeriodFilter
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.action_rules import Action
from navigator.tickets.metrics import METRICS, MetricName, Period, has_event_in, managed_by, reported_in
from navigator.tickets.report_draft import Deflection
from navigator.tickets.ticket import Event, Ticket
from navigator.tickets.visibility import visible_to
from navigator.training.requests import OPEN_STATUSES
from navigator.training.tables import TrainingRequest

TOP = 10
MAX_DAILY_BUCKETS = 31
"""Up to so many days a chart has a bar for each; beyond that for each week."""

REPORT_METRICS: tuple[MetricName, ...] = (
    "all", "ours", "supplier", "protocol", "divert", "nothing", "unsorted",
    "had_session", "in_time", "no_session", "ended", "reopened", "passed_on",
)  # fmt: skip
EVENT_METRICS: tuple[MetricName, ...] = (
    "touched", "handed_over", "missed", "read_in_time", "read_late", "unread",
)  # fmt: skip


class PeriodCounts(NamedTuple):
    """A count of the period, and of as many days before."""

    now: int
    before: int


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


def most_reported(session: Session, scope: ReportScope) -> Sequence[Row[Any]]:
    """What is reported most: category, programme, and the counts of this period and of the one before."""
    now, before = (func.count().filter(reported_in(days)) for days in scope.periods)
    group = (col(Ticket.category), col(Programme.code), col(Programme.name))
    return session.execute(
        select(*group, now.label("now"), before.label("before"))
        .select_from(Ticket)
        .outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
        .where(scope.ticket_condition(), reported_in(scope.all_days))
        .group_by(*group)
        .having(now > 0)
        .order_by(now.desc(), before.desc(), *group)
        .limit(TOP)
    ).all()


def report_counts(
    session: Session, scope: ReportScope
) -> tuple[dict[MetricName, PeriodCounts], dict[Period, int]]:
    """The counts of each metric of the tickets reported; and how many were reported day by day."""
    periods = buckets(scope.days)
    columns = [*_count_columns(scope, REPORT_METRICS)]
    columns += [func.count().filter(reported_in(days)) for days in periods]
    row = session.execute(select(*columns).where(scope.ticket_condition(), reported_in(scope.all_days))).one()
    size = 2 * len(REPORT_METRICS)
    return _counts_by_metric(REPORT_METRICS, row[:size]), dict(zip(periods, row[size:], strict=True))


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
    is_waiting = METRICS["with_supplier"].condition(scope.days)
    parked = (
        select(col(Ticket.number), func.max(col(Event.created_at)).label("at"))
        .outerjoin(
            Event, and_(col(Event.ticket_number) == col(Ticket.number), col(Event.action) == Action.PARK)
        )
        .where(scope.ticket_condition(), is_waiting)
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
