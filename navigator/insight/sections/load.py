"""Load: how many reports came in each week, and on its busiest day."""

from collections.abc import Mapping

from sqlmodel import Session

from navigator.insight.arrivals import reports_by_day
from navigator.insight.queries import ReportScope
from navigator.insight.rows import period_in_words, ticket_filters
from navigator.insight.table import Bar, Row, Table, count_cell
from navigator.tickets.metrics import Period


def table(session: Session, scope: ReportScope) -> Table:
    """The weeks of the three periods, the last of which ends with the period."""
    by_day = reports_by_day(session, scope)
    weeks = _weeks(scope.all_days)
    sums = {week: sum(by_day[day] for day in week.dates) for week in weeks}
    return Table(
        name="load",
        title="Reports by week, and the busiest day",
        help_text="The weeks of the period and of the two before it, and the busiest day of each.",
        columns=("Week", "Reported", "On its busiest day"),
        rows=tuple(
            Row(
                period_in_words(week),
                "",
                (
                    count_cell(number, **ticket_filters(scope, week)),
                    count_cell(max(by_day[day] for day in week.dates)),
                ),
            )
            for week, number in sums.items()
        ),
        headline=_headline(sums),
        bars=tuple(Bar(period_in_words(week), number) for week, number in sums.items()),
        is_over_time=True,
    )


def _headline(sums: Mapping[Period, int]) -> Row | None:
    """The last week."""
    numbers = [*sums.values()]
    return Row("reports in the last week", "", (count_cell(numbers[-1]),)) if numbers else None


def _weeks(days: Period) -> list[Period]:
    """Whole weeks that end with the last day; days before the first of them are left out."""
    dates = days.dates
    starts = range(len(dates) % 7, len(dates), 7)
    return [Period(dates[start], dates[start + 6]) for start in starts]
