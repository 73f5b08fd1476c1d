"""Counts of what happened in the periods to tickets of any age: sessions touched, clinical reviews."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlmodel import Session, col

from navigator.insight.buckets import bucket_of
from navigator.insight.day_counts import is_among, is_fresh
from navigator.insight.day_events import (
    MISSED,
    NOT_IN_TIME,
    REVIEWED,
    UNREAD_YET,
    WARNED,
    EventKey,
    events_of,
)
from navigator.insight.queries import PeriodCounts, ReportScope, kept_ever, once
from navigator.tickets.day_counts import DayEvent
from navigator.tickets.metrics import MetricName

EVENT_METRICS: Mapping[MetricName, tuple[str, ...]] = MappingProxyType(
    {
        "touched": (WARNED,),
        "handed_over": (REVIEWED,),
        "missed": (MISSED,),
        "read_in_time": (REVIEWED, NOT_IN_TIME),
        "read_late": (NOT_IN_TIME, UNREAD_YET),
        "unread": (UNREAD_YET,),
    }
)
"""Which event each metric counts the tickets of, without those of another, which are among them."""

Counts = Counter[tuple[int, int, str]]
"""How many tickets by service, period (0 is this one) and event."""


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
    counts = _counts(session, scope)

    def of(service_id: int, event: str) -> PeriodCounts:
        return PeriodCounts(*(counts[service_id, n, event] for n in range(len(scope.periods))))

    return {
        service.id: {
            name: of(service.id, event).without(of(service.id, others[0]) if others else PeriodCounts())
            for name, (event, *others) in EVENT_METRICS.items()
        }
        for service in scope.services.values()
    }


def _counts(session: Session, scope: ReportScope) -> Counts:
    """What is kept of the reports of days, and of those of all other days counted anew."""
    kept, last = kept_ever(session, scope), len(scope.periods) - 1
    rows = session.execute(_kept_query(scope, kept))
    counts: Counts = Counter({(id, last - bucket, event): int(count) for id, bucket, event, count in rows})
    for key, count in events_of(session, scope.ticket_condition() & is_fresh(kept)).items():
        for n in _periods_of(scope, key):
            counts[key.service_id, n, key.event] += count
    return counts


def _periods_of(scope: ReportScope, key: EventKey) -> list[int]:
    """The period, if any, in which this was the first day on which it happened."""
    return [
        n
        for n, days in enumerate(scope.periods)
        if days.first <= key.happened_on <= days.last and not (key.before_on and key.before_on >= days.first)
    ]


def _kept_query(scope: ReportScope, kept: set[Any]) -> Select[Any]:
    happened_on, before_on = col(DayEvent.happened_on), col(DayEvent.before_on)
    firsts = [days.first for days in reversed(scope.periods)]
    first_on = case(
        *((happened_on < until, first) for first, until in pairwise(firsts)),
        else_=firsts[-1],
    )
    bucket = bucket_of(happened_on, firsts).label("bucket")
    group: tuple[Any, ...] = (col(DayEvent.service_id), bucket, col(DayEvent.event))
    query: Select[Any] = select(*group, func.sum(col(DayEvent.count))).where(
        scope.row_condition(DayEvent),
        happened_on.between(scope.all_days.first, scope.all_days.last),
        is_among(col(DayEvent.reported_on), kept),
        or_(before_on.is_(None), before_on < first_on),
    )
    return query.group_by(group[0], "bucket", group[2])
