"""Which days a report asks about, which of them are kept, and the figures of the others."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import or_
from sqlmodel import Session

from navigator import clock
from navigator.insight.day_figures import FigureKey, figures_of
from navigator.insight.queries import ReportScope, kept_ever, once
from navigator.tickets.metrics import Period, consecutive, reported_in

FORECAST_WEEKS = 8
"""A forecast is made from so many weeks: fewer hold too few of each weekday, more an older service."""


def last_weeks() -> Period:
    """The days from which is forecast; the last of them is yesterday, as today is not over."""
    yesterday = clock.today() - timedelta(days=1)
    return Period(yesterday - timedelta(days=7 * FORECAST_WEEKS - 1), yesterday)


@once
def days_asked(_: Session, scope: ReportScope) -> list[date]:
    """The days of the periods, and those from which is forecast."""
    return sorted({*scope.all_days.dates, *last_weeks().dates})


@once
def kept_of(session: Session, scope: ReportScope) -> list[date]:
    """Those of them whose figures are kept and hold."""
    return sorted(kept_ever(session, scope).intersection(days_asked(session, scope)))


@once
def fresh_figures(session: Session, scope: ReportScope) -> Counter[FigureKey]:
    """The figures of all others, counted anew."""
    kept = set(kept_of(session, scope))
    if not (fresh := [day for day in days_asked(session, scope) if day not in kept]):
        return Counter()
    is_fresh = or_(*(reported_in(days) for days in consecutive(fresh)))
    return figures_of(session, scope.ticket_condition() & is_fresh)
