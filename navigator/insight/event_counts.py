"""Counts of what happened in the periods to tickets of any age: sessions touched, clinical reviews."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, union_all
from sqlmodel import Session, col

from navigator.insight.queries import PeriodCounts, ReportScope, bucket_of, once
from navigator.tickets.metrics import MetricName, session_warnings
from navigator.tickets.review_metrics import BY_A_PERSON, LATE, UNREAD, is_unnoticed
from navigator.tickets.ticket import ClinicalReview, Event, Ticket

EVENT_METRICS: tuple[MetricName, ...] = (
    "touched", "handed_over", "missed", "read_in_time", "read_late", "unread",
)  # fmt: skip
_FLAGS: Mapping[str, ColumnElement[bool]] = {"is_late": LATE, "is_unread": UNREAD, "is_asked": BY_A_PERSON}
"""What is told of a ticket in a period: that it holds of one of its reviews there."""


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
    last = len(scope.periods) - 1
    found = {(row.service_id, last - row.bucket): row for row in session.execute(_query(scope))}
    return {
        service.id: {
            name: PeriodCounts(*(getattr(found.get((service.id, n)), name, 0) for n in range(last + 1)))
            for name in EVENT_METRICS
        }
        for service in scope.services.values()
    }


def _query(scope: ReportScope) -> Select[Any]:
    """The same conditions as the lists of the metrics, but in one pass: those are twenty questions here."""
    one = _by_ticket(scope).subquery()
    # Not joined, or SQLite begins with all tickets that the services ever had.
    is_of_it = col(Ticket.number) == one.c.number
    service = select(col(Ticket.service_id)).where(is_of_it, scope.ticket_condition()).scalar_subquery()
    conditions: Mapping[str, ColumnElement[bool]] = {
        "touched": one.c.is_warned == 1,
        "handed_over": one.c.is_reviewed == 1,
        "missed": and_(one.c.is_asked == 1, is_unnoticed(one.c.number)),
        "read_in_time": and_(one.c.is_reviewed == 1, one.c.is_late == 0, one.c.is_unread == 0),
        "read_late": and_(one.c.is_late == 1, one.c.is_unread == 0),
        "unread": one.c.is_unread == 1,
    }
    counts = [func.count().filter(conditions[name]).label(name) for name in EVENT_METRICS]
    query = select(service.label("service_id"), one.c.bucket, *counts)
    return query.group_by("service_id", one.c.bucket)


def _by_ticket(scope: ReportScope) -> Select[Any]:
    """What happened to each ticket in each period."""
    at, none = col(ClinicalReview.opened_at), literal(0, literal_execute=True)
    is_so = literal(1, literal_execute=True)
    flags = [case((is_met, is_so), else_=none).label(name) for name, is_met in _FLAGS.items()]
    reviews = select(
        col(ClinicalReview.ticket_number).label("number"),
        _bucket(scope, at),
        none.label("is_warned"),
        is_so.label("is_reviewed"),
        *flags,
    ).where(scope.all_days.contains(at))
    warnings = session_warnings(scope.all_days).with_only_columns(
        col(Event.ticket_number), _bucket(scope, col(Event.created_at)), is_so, *[none] * (1 + len(flags))
    )
    happened = union_all(reviews, warnings).subquery()
    names = ("is_warned", "is_reviewed", *_FLAGS)
    found = [func.max(happened.c[name]).label(name) for name in names]
    key = (happened.c.number, happened.c.bucket)
    return select(*key, *found).group_by(*key)


def _bucket(scope: ReportScope, moment: Any) -> ColumnElement[int]:
    """The period of a moment; 0 is the earliest."""
    return bucket_of(moment, [days.start_at for days in reversed(scope.periods)]).label("bucket")
