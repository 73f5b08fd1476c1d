"""Counts of what happened in the periods to tickets of any age: sessions touched, clinical reviews."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from navigator.insight.queries import PeriodCounts, ReportScope, once
from navigator.tickets.metrics import METRICS, MetricName, has_event_in
from navigator.tickets.ticket import Ticket

EVENT_METRICS: tuple[MetricName, ...] = (
    "touched", "handed_over", "missed", "read_in_time", "read_late", "unread",
)  # fmt: skip


@once
def event_counts(session: Session, scope: ReportScope) -> dict[MetricName, PeriodCounts]:
    """The counts of each metric, over tickets of any age, of what happened in the period."""
    by_service = event_counts_by_service(session, scope).values()
    return {
        name: PeriodCounts(*map(sum, zip(*(counts[name] for counts in by_service), strict=True)))
        for name in EVENT_METRICS
    }


@once
def event_counts_by_service(
    session: Session, scope: ReportScope
) -> dict[int, dict[MetricName, PeriodCounts]]:
    """The same of each service."""
    service_id = col(Ticket.service_id)
    query = select(service_id, *_count_columns(scope, EVENT_METRICS)).group_by(service_id)
    query = query.where(scope.ticket_condition(), has_event_in(scope.all_days))
    none = {service.id: dict.fromkeys(EVENT_METRICS, PeriodCounts()) for service in scope.services.values()}
    return none | {row[0]: _counts_by_metric(EVENT_METRICS, row[1:]) for row in session.execute(query)}


def _count_columns(scope: ReportScope, names: Sequence[MetricName]) -> Iterator[ColumnElement[int]]:
    for name in names:
        yield from (func.count().filter(METRICS[name].condition(days)) for days in scope.periods)


def _counts_by_metric(names: Sequence[MetricName], row: Sequence[int]) -> dict[MetricName, PeriodCounts]:
    return {name: PeriodCounts(*row[3 * n : 3 * n + 3]) for n, name in enumerate(names)}
