"""Minutes on the phone, where they were noted: all that the desk knows of the time that reports take."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from navigator.insight import queries
from navigator.insight.queries import ReportScope, once
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Ticket

MIN_KNOWN = 20
"""Of fewer calls with minutes noted, what a report takes is not worked out: one long call would decide it."""


class PhoneTime(NamedTuple):
    """Calls that were logged, those with their minutes noted, and these minutes."""

    calls: int = 0
    noted: int = 0
    minutes: int = 0


@once
def phone_time(session: Session, scope: ReportScope) -> Mapping[tuple[int, int], PhoneTime]:
    """The time on the phone by period (0 is this one, 2 the earliest) and service."""
    at, minutes = col(PhoneCall.created_at), col(PhoneCall.minutes)
    # Not joined, or SQLite begins with all tickets that the services ever had.
    is_of_call = col(Ticket.number) == col(PhoneCall.ticket_number)
    service = select(col(Ticket.service_id)).where(is_of_call, scope.ticket_condition()).scalar_subquery()
    found: dict[tuple[int, int], PhoneTime] = {}
    for n, days in enumerate(scope.periods):
        query = select(service.label("service_id"), func.count(), func.count(minutes), func.sum(minutes))
        query = query.where(days.contains(at)).group_by("service_id")
        for service_id, calls, noted, spent in session.execute(query):
            if service_id is not None:
                found[n, service_id] = PhoneTime(calls, noted, spent or 0)
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
