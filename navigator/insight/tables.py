"""Tables of the managers’ report, built from the queries: each number knows the filters of its tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.errors import NotFound
from navigator.insight import queries
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.phone_calls import phone_call_table
from navigator.insight.queries import PeriodCounts, ReportedProblem, ReportScope
from navigator.insight.table import (
    NO_EARLIER,
    Bar,
    Row,
    Table,
    change_cell,
    count_cell,
    points_cell,
    share_cell,
    text_cell,
)
from navigator.people.actor import Actor
from navigator.tickets.metrics import METRICS, MetricName, Period
from navigator.tickets.queue.filters import NONE
from navigator.training.topics import BY_ID

FIXABILITY_METRICS: tuple[MetricName, ...] = ("ours", "supplier", "protocol", "divert", "nothing", "unsorted")
COMPARISON_COLUMNS = ("This period", "Period before", "Change")
CHANGE = 2
"""Which cell of a row is its change."""

MetricCounts = Mapping[MetricName, PeriodCounts]


@dataclass(frozen=True)
class ManagersReport:
    """The managers' report: its scope, its total and its tables."""

    scope: ReportScope
    reported: Row
    tables: Mapping[str, Table]

    def table(self, name: str) -> Table:
        """The table of that name."""
        try:
            return self.tables[name]
        except KeyError:
            raise NotFound("There is no such table.") from None


def managers_report(session: Session, actor: Actor, period_filter: PeriodFilter) -> ManagersReport:
    """All tables for a period filter, in the order in which a manager reads them."""
    scope = queries.resolve_scope(session, actor, period_filter)
    reported = queries.report_counts(session, scope)
    counts = reported.by_metric | queries.event_counts(session, scope)
    deflections = queries.deflections(session, scope)
    tables: Sequence[Table] = (
        _most_reported_table(scope, reported.most_reported, counts["all"].now),
        _fixability_table(scope, counts),
        _over_time_table(scope, reported.by_period),
        _sessions_table(scope, counts, deflections, queries.waiting_for_supplier(session, scope)),
        _safety_table(scope, counts),
        _training_table(queries.training_requests(session, scope)),
        phone_call_table(session, scope),
    )
    total = _metric_row(scope, "all", counts)
    if not any(pair.before for pair in (*counts.values(), deflections)):
        total, tables = _without_change(total), [*map(_without_changes, tables)]
    return ManagersReport(scope, total, {table.name: table for table in tables})


def _without_changes(table: Table) -> Table:
    """A table of a desk that has only begun: nothing was counted before, so nothing is more than it."""
    if "Change" not in table.columns:
        return table
    return replace(table, rows=tuple(map(_without_change, table.rows)))


def _without_change(row: Row) -> Row:
    has_change = row.cells[CHANGE].exact != "–"
    cells = (*row.cells[:CHANGE], text_cell(NO_EARLIER), *row.cells[CHANGE + 1 :])
    return replace(row, cells=cells) if has_change else row


def _most_reported_table(scope: ReportScope, problems: Sequence[ReportedProblem], total: int) -> Table:
    rows, bars = [], []
    for result in problems:
        label = catalogue().category(result.category).staff_label if result.category else "Not sorted yet"
        programme = result.name or "No programme"
        filters = {"category": result.category or NONE, "programme": result.code or NONE}
        row = _comparison_row(scope, label, programme, result, **filters)
        rows.append(Row(row.label, row.help_text, (*row.cells, share_cell(result.now, total))))
        bars.append(Bar(f"{programme}: {label}", result.now, result.before))
    return Table(
        name="recurs",
        title="What recurs",
        help_text=f"The {queries.TOP} problems reported most, by category and programme.",
        columns=("Problem", *COMPARISON_COLUMNS, "Of all reported"),
        rows=tuple(rows),
        bars=tuple(bars),
    )


def _fixability_table(scope: ReportScope, counts: MetricCounts) -> Table:
    return Table(
        name="whose",
        title="Whose it is",
        help_text="Who can put right what was reported. This is what the desk or a navigator found.",
        columns=("Whose", *COMPARISON_COLUMNS),
        rows=tuple(_metric_row(scope, name, counts) for name in FIXABILITY_METRICS),
        bars=tuple(Bar(METRICS[name].label, *counts[name]) for name in FIXABILITY_METRICS),
    )


def _over_time_table(scope: ReportScope, reports_by_period: Mapping[Period, int]) -> Table:
    by_day = all(days.length == 1 for days in reports_by_period)
    return Table(
        name="course",
        title="Reports by day" if by_day else "Reports by week",
        help_text="How many tickets were reported. A sudden rise may be an update or an outage.",
        columns=("Day" if by_day else "Week", "Reported"),
        rows=tuple(
            Row(period_in_words(days), "", (count_cell(number, **_ticket_filters(scope, days)),))
            for days, number in reports_by_period.items()
        ),
        bars=tuple(Bar(period_in_words(days), number) for days, number in reports_by_period.items()),
        is_over_time=True,
    )


def _sessions_table(
    scope: ReportScope, counts: MetricCounts, deflections: PeriodCounts, wait: tuple[int, datetime | None]
) -> Table:
    waiting, since = wait
    supplier, none = METRICS["with_supplier"], (text_cell("–"), text_cell("–"))
    waiting_cell = count_cell(waiting, **_ticket_filters(scope, None, figure="with_supplier"))
    cells = (*map(count_cell, deflections), change_cell(*deflections))
    solved = "A known fix was shown before the report was sent, and it helped. Nobody had to read anything."
    longest = "Since the ticket was last left to the supplier."
    rows = (
        _share_row(scope, "in_time", "had_session", counts),
        _metric_row(scope, "touched", counts),
        _share_row(scope, "reopened", "ended", counts),
        _share_row(scope, "no_session", "all", counts),
        Row("Solved without a ticket", solved, cells),
        Row(f"{supplier.label} now", supplier.help_text, (waiting_cell, *none)),
        Row("Longest wait for the supplier", longest, (text_cell(_days_since(since)), *none)),
    )
    return Table(
        name="sessions",
        title="Sessions, waiting and what came back",
        help_text="What the problems cost in sessions, and how good these figures are.",
        columns=("Figure", *COMPARISON_COLUMNS),
        rows=rows,
    )


def _safety_table(scope: ReportScope, counts: MetricCounts) -> Table:
    by_reading: tuple[MetricName, ...] = ("read_in_time", "read_late", "unread")
    means = "What was not a technical problem, and whether a clinician read in time what they had to read."
    return Table(
        name="safety",
        title="Clinical reviews and what was passed on",
        help_text=means,
        columns=("Figure", *COMPARISON_COLUMNS),
        rows=(
            _metric_row(scope, "handed_over", counts),
            _share_row(scope, "missed", "handed_over", counts),
            *(_share_row(scope, name, "handed_over", counts) for name in by_reading),
            _metric_row(scope, "passed_on", counts),
        ),
    )


def _training_table(results: Any) -> Table:
    return Table(
        name="training",
        title="Training asked for",
        help_text="Requests by topic. A request waits until it is answered, or its session was held.",
        columns=("Topic", *COMPARISON_COLUMNS, "Still waiting", "Longest wait"),
        rows=tuple(_topic_row(result) for result in results),
        bars=tuple(Bar(BY_ID[result.topic].label, result.now, result.before) for result in results),
    )


def _topic_row(result: Any) -> Row:
    now, before, waiting = result.now, result.before, result.waiting
    changes = (count_cell(now), count_cell(before), change_cell(now, before))
    return Row(
        BY_ID[result.topic].label, "", (*changes, count_cell(waiting), text_cell(_days_since(result.since)))
    )


def _metric_row(scope: ReportScope, name: MetricName, counts: MetricCounts) -> Row:
    return _comparison_row(scope, METRICS[name].label, METRICS[name].help_text, counts[name], figure=name)


def _comparison_row(scope: ReportScope, label: str, help_text: str, counts: Any, **filters: str) -> Row:
    now, before = scope.periods
    cells = (
        count_cell(counts.now, **_ticket_filters(scope, now, **filters)),
        count_cell(counts.before, **_ticket_filters(scope, before, **filters)),
    )
    return Row(label, help_text, (*cells, change_cell(counts.now, counts.before)))


def _share_row(scope: ReportScope, part: MetricName, whole: MetricName, counts: MetricCounts) -> Row:
    now, before = zip(counts[part], counts[whole], strict=True)
    cells = (
        share_cell(share[0], share[1], **_ticket_filters(scope, days, figure=part))
        for share, days in zip((now, before), scope.periods, strict=True)
    )
    return Row(METRICS[part].label, METRICS[part].help_text, (*cells, points_cell(now, before)))


def _ticket_filters(scope: ReportScope, days: Period | None, **filters: str) -> dict[str, str]:
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


def _days_since(since: datetime | None) -> str:
    if since is None:
        return "–"
    days = (clock.today() - clock.local(since).date()).days
    return "1 day" if days == 1 else f"{days} days"
