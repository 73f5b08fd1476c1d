"""Minutes on the phone, where they were noted: all that the desk knows of the time that reports take."""

from collections.abc import Mapping
from operator import add
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from navigator.insight import queries
from navigator.insight.queries import ReportScope, bucket_of, once
from navigator.tickets.enums import CallDirection, CallOutcome
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Ticket

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
    """The phone log of the three periods, read once for all that asks of it."""
    at, minutes = col(PhoneCall.created_at), col(PhoneCall.minutes)
    is_begun = col(PhoneCall.direction) == CallDirection.US
    # Not joined, or SQLite begins with all tickets that the services ever had.
    is_of_call = col(Ticket.number) == col(PhoneCall.ticket_number)
    service = select(col(Ticket.service_id)).where(is_of_call, scope.ticket_condition()).scalar_subquery()
    starts = [days.start_at for days in reversed(scope.periods)]
    group = (bucket_of(at, starts).label("bucket"), service.label("service_id"), col(PhoneCall.purpose))
    query = select(
        *group,
        func.count(),
        func.count(minutes),
        func.coalesce(func.sum(minutes), 0),
        func.count().filter(is_begun),
        func.count().filter(is_begun, col(PhoneCall.outcome) == CallOutcome.SPOKE),
    )
    query = query.where(scope.all_days.contains(at)).group_by("bucket", "service_id", group[2])
    last = len(scope.periods) - 1
    return [CallCounts(last - row[0], *row[1:]) for row in session.execute(query) if row[1] is not None]


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
