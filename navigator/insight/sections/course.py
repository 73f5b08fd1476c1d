"""The course of reports over the days or weeks of the period."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session

from navigator.dates_in_words import day
from navigator.insight.arrivals import reports_by_day
from navigator.insight.buckets import buckets
from navigator.insight.problem_reports import Reported, reported_problems
from navigator.insight.queries import ReportScope
from navigator.insight.rows import period_in_words, ticket_filters
from navigator.insight.table import Bar, Mark, Row, Table, count_cell
from navigator.tickets.metrics import Period

MAX_MARKS = 8


def table(session: Session, scope: ReportScope) -> Table:
    """How many tickets were reported on each day; of a long period, in each week."""
    by_date = reports_by_day(session, scope)
    reports_by_period = {days: sum(by_date[on] for on in days.dates) for days in buckets(scope.days)}
    by_day = all(days.length == 1 for days in reports_by_period)
    return Table(
        headline=_peak(scope, reports_by_period),
        name="course",
        title="Reports by day" if by_day else "Reports by week",
        help_text="How many tickets were reported. A sudden rise may be an update or an outage.",
        columns=("Day" if by_day else "Week", "Reported"),
        rows=tuple(
            Row(period_in_words(days), "", (count_cell(number, **ticket_filters(scope, days)),))
            for days, number in reports_by_period.items()
        ),
        bars=tuple(
            Bar(period_in_words(days), number, filters=ticket_filters(scope, days))
            for days, number in reports_by_period.items()
        ),
        marks=tuple(_marks(session, scope, list(reports_by_period))[:MAX_MARKS]),
        is_over_time=True,
    )


def _marks(session: Session, scope: ReportScope, cut: Sequence[Period]) -> list[Mark]:
    """When something broke, and when a fix was released, in their order."""
    marks = [
        _mark(cut, on, f"{day(on)}: {words}, {one.programme}: {one.problem.title}", one)
        for one in reported_problems(session, scope)
        if one.broke
        for words, on in (("began", one.days.first), ("put right", one.ended_on))
        if on and on <= scope.days.last
    ]
    return sorted(marks, key=lambda mark: mark.bar)


def _mark(cut: Sequence[Period], on: date, label: str, one: Reported) -> Mark:
    bar = next(number for number, days in enumerate(cut) if on <= days.last)
    return Mark(bar, label, f"/problems/{one.problem.id}")


def _peak(scope: ReportScope, reports_by_period: Mapping[Period, int]) -> Row:
    days = max(reports_by_period, key=lambda days: reports_by_period[days])
    most = count_cell(reports_by_period[days], **ticket_filters(scope, days))
    return Row(f"Most, {period_in_words(days)}", "", (most,))
