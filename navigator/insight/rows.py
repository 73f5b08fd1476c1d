"""Rows of the managers’ tables: a figure of three periods beside each other, each number with its tickets."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypedDict
from urllib.parse import urlencode

from navigator import clock
from navigator.insight.queries import PeriodCounts, ReportScope
from navigator.insight.table import (
    PERIOD_BEFORE,
    Bar,
    Cell,
    Row,
    change_cell,
    count_cell,
    points_cell,
    share_cell,
)
from navigator.small_numbers import rounded
from navigator.tickets.metrics import METRICS, MetricName, Period

CHANGE = "Change"
COMPARISON_COLUMNS = ("This period", PERIOD_BEFORE, "The one before that", CHANGE)
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
    chosen = {"service": scope.service, "programme": scope.programme, "reporter": scope.reporter}
    return {**{name: value for name, value in chosen.items() if value}, **dates, **filters}


def tickets_href(scope: ReportScope, days: Period | None, **filters: str) -> str:
    """The address of the tickets of a number."""
    return f"/desk?{urlencode({'view': 'counted', **ticket_filters(scope, days, **filters)})}"


def period_in_words(days: Period) -> str:
    """A period in words: "9 June", or "3 June to 9 June 2025"."""
    first, last = (_day(day) for day in (days.first, days.last))
    return first if days.length == 1 else f"{first} to {last}"


def _day(day: date) -> str:
    year = "" if day.year == clock.today().year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"


def metric_bar(scope: ReportScope, name: MetricName, counts: MetricCounts) -> Bar:
    """The bar of a metric, which leads to its tickets."""
    now, before, _ = counts[name]
    return Bar(METRICS[name].label, now, before, ticket_filters(scope, scope.days, figure=name))


def trend(counts: PeriodCounts) -> tuple[Bar, ...]:
    """The picture of a count: its three periods, the earliest first."""
    labels = ("now", "before", "earlier")
    return tuple(Bar(label, count) for label, count in reversed(list(zip(labels, counts, strict=True))))


class Words(TypedDict):
    """A sentence with exact numbers, and as it may leave the service."""

    sentence: str
    shared: str


def in_words(text: str, **values: int | str) -> Words:
    """A sentence with exact numbers, and as it may leave the service.

    A plural names what is counted: `{reports}` becomes "54 reports" or "1 report", and when shared
    "55 reports" or "fewer than 5 reports". Any other name stands for the number alone.
    """
    shared = {name: _number_of(name, _shared_number(value)) for name, value in values.items()}
    exact = {name: _number_of(name, value) for name, value in values.items()}
    return Words(sentence=text.format(**exact), shared=text.format(**shared))


def _shared_number(value: int | str) -> int | str | None:
    return rounded(value) if isinstance(value, int) else value


def _number_of(things: str, value: int | str | None) -> str:
    if isinstance(value, str):
        return value
    if not things.endswith("s"):
        return "fewer than 5" if value is None else f"{value:,}"
    return f"fewer than 5 {things}" if value is None else count_of(value, things)


def count_of(count: int, things: str) -> str:
    """A count and what is counted, named by its plural."""
    return f"1 {things.removesuffix('s')}" if count == 1 else f"{count:,} {things}"


def days_since(since: datetime | None) -> str:
    """How many days ago a moment was, in words; a dash for none."""
    if since is None:
        return "–"
    days = (clock.today() - clock.local(since).date()).days
    return "1 day" if days == 1 else f"{days} days"
