"""Reports by the day, and by the weekday and hour, in which they came."""

from collections import Counter
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from navigator.insight.day_counts import is_among
from navigator.insight.day_figures import HOUR
from navigator.insight.figures import fresh_figures, kept_of
from navigator.insight.queries import ReportScope, once
from navigator.tickets.day_counts import DayCount, DayFigure


@once
def reports_by_day(session: Session, scope: ReportScope) -> Counter[date]:
    """How many reports came on each day of the periods, and of the weeks from which is forecast."""
    day, count = col(DayCount.reported_on), func.sum(col(DayCount.all_count))
    is_asked = (scope.row_condition(DayCount), is_among(day, kept_of(session, scope)))
    query = select(day, count).where(*is_asked).group_by(day)
    found: Counter[date] = Counter({on: int(number) for on, number in session.execute(query)})
    for key, number in fresh_figures(session, scope).items():
        if key.figure == HOUR:
            found[key.reported_on] += number
    return found


def reports_by_hour(session: Session, scope: ReportScope) -> Counter[tuple[int, int]]:
    """How many reports of the period came in each hour of each weekday, Monday being 0."""
    days, day, hour = scope.days, col(DayFigure.reported_on), col(DayFigure.value)
    kept = [on for on in kept_of(session, scope) if days.first <= on <= days.last]
    is_asked = (scope.row_condition(DayFigure), is_among(day, kept), col(DayFigure.figure) == HOUR)
    query = select(day, hour, func.sum(col(DayFigure.count))).where(*is_asked).group_by(day, hour)
    found: Counter[tuple[int, int]] = Counter()
    for on, at, number in session.execute(query):
        found[at, on.weekday()] += number
    for key, number in fresh_figures(session, scope).items():
        if key.figure == HOUR and days.first <= key.reported_on <= days.last:
            found[key.value, key.reported_on.weekday()] += number
    return found
