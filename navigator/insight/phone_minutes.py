"""Minutes on the phone, where they were noted: all that the desk knows of the time that reports take."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from navigator.insight import queries
from navigator.insight.buckets import bucket_of
from navigator.insight.day_counts import is_among, is_fresh
from navigator.insight.day_events import CallSums, calls_of
from navigator.insight.queries import ReportScope, kept_ever, once
from navigator.tickets.day_counts import DayCall

MIN_KNOWN = 20
"""Of fewer calls with minutes noted, what a report takes is not worked out: one long call would decide it."""


class PhoneTime(NamedTuple):
    """Calls that were logged, those with their minutes noted, and these minutes."""

    calls: int = 0
    noted: int = 0
    minutes: int = 0


class CallCounts(NamedTuple):
    """Calls of a period (0 is this one, 2 the earliest), a service and a purpose.

    `begun` are those that a navigator began, and `spoke` those of them in which they spoke to somebody.
    """

    period: int
    service_id: int
    purpose: str
    calls: int
    noted: int
    minutes: int
    begun: int
    spoke: int


@once
def call_counts(session: Session, scope: ReportScope) -> list[CallCounts]:
    """The phone log of the three periods: what is kept of the reports of days, and of others anew."""
    kept, last = kept_ever(session, scope), len(scope.periods) - 1
    counts: dict[tuple[int, int, str], CallSums] = defaultdict(CallSums)
    for bucket, service_id, purpose, *sums in session.execute(_kept_query(scope, kept)):
        counts[last - bucket, service_id, purpose] = CallSums(*map(int, sums))
    for key, of_day in calls_of(session, scope.ticket_condition() & is_fresh(kept)).items():
        for n, days in enumerate(scope.periods):
            if days.first <= key.called_on <= days.last:
                group = (n, key.service_id, key.purpose)
                counts[group] = CallSums(*map(add, counts[group], of_day))
    return [CallCounts(*group, *counts[group]) for group in sorted(counts)]


def _kept_query(scope: ReportScope, kept: set[date]) -> Select[Any]:
    called_on = col(DayCall.called_on)
    starts = [days.first for days in reversed(scope.periods)]
    bucket = bucket_of(called_on, starts).label("bucket")
    group: tuple[Any, ...] = (bucket, col(DayCall.service_id), col(DayCall.purpose))
    query: Select[Any] = select(
        *group, *(func.sum(col(getattr(DayCall, name))) for name in CallSums._fields)
    ).where(
        scope.row_condition(DayCall),
        called_on.between(scope.all_days.first, scope.all_days.last),
        is_among(col(DayCall.reported_on), kept),
    )
    return query.group_by("bucket", *group[1:])


@once
def phone_time(session: Session, scope: ReportScope) -> Mapping[tuple[int, int], PhoneTime]:
    """The time on the phone by period (0 is this one, 2 the earliest) and service."""
    found: dict[tuple[int, int], PhoneTime] = {}
    for one in call_counts(session, scope):
        so_far = found.get((one.period, one.service_id), PhoneTime())
        counted = (one.calls, one.noted, one.minutes)
        found[one.period, one.service_id] = PhoneTime(*map(add, so_far, counted))
    return found


def in_period(times: Mapping[tuple[int, int], PhoneTime], period: int) -> PhoneTime:
    """The time of all services together."""
    return PhoneTime(*(sum(sums) for sums in zip(*_of(times, period), strict=True)))


def _of(times: Mapping[tuple[int, int], PhoneTime], period: int) -> list[PhoneTime]:
    return [PhoneTime(), *(time for (n, _), time in times.items() if n == period)]


def minutes_a_report(session: Session, scope: ReportScope) -> float | None:
    """Minutes on the phone for each report of the three periods; None where too few were noted."""
    times = phone_time(session, scope)
    totals = [in_period(times, n) for n in range(len(scope.periods))]
    reported = sum(queries.report_counts(session, scope).by_metric["all"])
    if sum(total.noted for total in totals) < MIN_KNOWN or not reported:
        return None
    return sum(total.minutes for total in totals) / reported
