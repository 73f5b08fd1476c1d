"""Whether problems were put right before the next session, and whether that held."""

from collections.abc import Iterator

from sqlmodel import Session

from navigator.insight import queries
from navigator.insight.finding import Finding
from navigator.insight.queries import ReportScope
from navigator.insight.rows import (
    COMPARISON_COLUMNS,
    count_cells,
    in_words,
    metric_bar,
    share_row,
    tickets_href,
    trend,
)
from navigator.insight.table import Row, Table
from navigator.small_numbers import MIN_COUNT
from navigator.tickets.metrics import MetricName

_SOLVED = "A known fix was shown before the report was sent, and it helped. Nobody had to read anything."
_PICTURED: tuple[MetricName, ...] = ("had_session", "in_time", "ended", "reopened")
MUCH = 0.1
"""From this share on, what came back needs a decision: one in ten."""


def table(session: Session, scope: ReportScope) -> Table:
    """What was in time for its session, what came back, and what needed no ticket."""
    counts = queries.report_counts(session, scope).by_metric
    return Table(
        name="in_time",
        title="Right before the next session",
        help_text="Whether what was reported was put right in time, and whether it held.",
        columns=("Figure", *COMPARISON_COLUMNS),
        rows=(
            share_row(scope, "in_time", "had_session", counts),
            share_row(scope, "reopened", "ended", counts),
            *_solved_rows(session, scope),
        ),
        bars=tuple(metric_bar(scope, name, counts) for name in _PICTURED),
    )


def findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    """That much came back: from one in ten on, and no few."""
    counts = queries.report_counts(session, scope).by_metric
    came_back, ended = counts["reopened"], counts["ended"].now
    if came_back.now >= MIN_COUNT and came_back.now >= MUCH * ended:
        yield Finding(
            **in_words(
                "{tickets} came back of {ended} that were put right.", tickets=came_back.now, ended=ended
            ),
            advice="Read what was tried: the usual fix may not hold.",
            href=tickets_href(scope, scope.days, figure="reopened"),
            link_text="Those that came back",
            count=came_back.now,
            section="in_time",
            trend=trend(came_back),
        )


def _solved_rows(session: Session, scope: ReportScope) -> tuple[Row, ...]:
    """How often a fix helped before a report; nobody said who they were, so not where one kind is chosen."""
    if scope.reporter:
        return ()
    return (Row("Solved without a ticket", _SOLVED, count_cells(queries.deflections(session, scope))),)
