"""Rows of the managers’ tables: a figure of three periods beside each other, each number with its tickets."""

from collections.abc import Mapping
from datetime import date, datetime

from navigator import clock
from navigator.insight.queries import PeriodCounts, ReportScope
from navigator.insight.table import Cell, Row, change_cell, count_cell, points_cell, share_cell
from navigator.tickets.metrics import METRICS, MetricName, Period

CHANGE = "Change"
COMPARISON_COLUMNS = ("This period", "Period before", "The one before that", CHANGE)
"""Three periods in a row tell a trend from one odd month, and need no figures of a year ago, which a young
desk has not and retention may have deleted."""

MetricCounts = Mapping[MetricName, PeriodCounts]


def metric_row(scope: ReportScope, name: MetricName, counts: MetricCounts) -> Row:
    """The row of a metric: its count in each period, and the change."""
    return comparison_row(scope, METRICS[name].label, METRICS[name].help_text, counts[name], figure=name)


def comparison_row(
    scope: ReportScope, label: str, help_text: str, counts: PeriodCounts, **filters: str
) -> Row:
    """A row of the count of tickets that these filters list, in each period, and the change."""
    cells = (
        count_cell(count, **ticket_filters(scope, days, **filters))
        for count, days in zip(counts, scope.periods, strict=True)
    )
    return Row(label, help_text, (*cells, change_cell(counts.now, counts.before)))


def count_cells(counts: PeriodCounts) -> tuple[Cell, ...]:
    """The cells of a count that is no list of tickets: each period, and the change."""
    return (*map(count_cell, counts), change_cell(counts.now, counts.before))


def share_row(scope: ReportScope, part: MetricName, whole: MetricName, counts: MetricCounts) -> Row:
    """The row of a share: that of each period, and the change in points."""
    shares = list(zip(counts[part], counts[whole], strict=True))
    cells = (
        share_cell(share[0], share[1], **ticket_filters(scope, days, figure=part))
        for share, days in zip(shares, scope.periods, strict=True)
    )
    change = points_cell(shares[0], shares[1])
    return Row(METRICS[part].label, METRICS[part].help_text, (*cells, change))


def ticket_filters(scope: ReportScope, days: Period | None, **filters: str) -> dict[str, str]:
    """The queue filters that list the tickets of a number."""
    dates = {"since": days.first.isoformat(), "until": days.last.isoformat()} if days else {}
    chosen = {"service": scope.service, "programme": scope.programme}
    return {**{name: value for name, value in chosen.items() if value}, **dates, **filters}


def period_in_words(days: Period) -> str:
    """A period in words: "9 June", or "3 June to 9 June 2025"."""
    first, last = (_day(day) for day in (days.first, days.last))
    return first if days.length == 1 else f"{first} to {last}"


def _day(day: date) -> str:
    year = "" if day.year == clock.today().year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"


def days_since(since: datetime | None) -> str:
    """How many days ago a moment was, in words; a dash for none."""
    if since is None:
        return "–"
    days = (clock.today() - clock.local(since).date()).days
    return "1 day" if days == 1 else f"{days} days"
