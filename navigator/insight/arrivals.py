"""Reports by the day and hour in which they came."""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from navigator import clock
from navigator.insight.day_counts import kept_days
from navigator.insight.day_figures import HOUR, figures_of
from navigator.insight.queries import ReportScope
from navigator.tickets.day_counts import DayFigure
from navigator.tickets.metrics import Period, consecutive, reported_in

FORECAST_WEEKS = 8
"""A forecast is made from so many weeks: fewer hold too few of each weekday, more an older service."""

Arrivals = Counter[tuple[date, int]]


def last_weeks() -> Period:
    """The days from which is forecast; the last of them is yesterday, as today is not over."""
    yesterday = clock.today() - timedelta(days=1)
    return Period(yesterday - timedelta(days=7 * FORECAST_WEEKS - 1), yesterday)


def arrivals(session: Session, scope: ReportScope, days: Period) -> Arrivals:
    """How many reports came in each hour of each day."""
    kept = kept_days(session, days)
    found: Arrivals = Counter()
    if kept:
        _count_kept(session, scope, kept, found)
    if fresh := [day for day in days.dates if day not in kept]:
        condition = scope.ticket_condition() & or_(*(reported_in(part) for part in consecutive(fresh)))
        for key, count in figures_of(session, condition).items():
            if key.figure == HOUR:
                found[key.reported_on, key.value] += count
    return found


def _count_kept(session: Session, scope: ReportScope, kept: Collection[date], found: Arrivals) -> None:
    group = (col(DayFigure.reported_on), col(DayFigure.value))
    is_wanted = (col(DayFigure.figure) == HOUR, col(DayFigure.reported_on).in_(sorted(kept)))
    query = select(*group, func.sum(col(DayFigure.count))).where(scope.row_condition(DayFigure), *is_wanted)
    for day, hour, count in session.execute(query.group_by(*group)):
        found[day, hour] += count
