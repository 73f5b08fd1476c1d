"""Clinical reviews: whether a clinician read in time what they had to read, and what was passed on."""

from collections.abc import Iterator

from sqlmodel import Session

from navigator.insight import queries
from navigator.insight.event_counts import event_counts
from navigator.insight.finding import Finding
from navigator.insight.queries import PeriodCounts, ReportScope
from navigator.insight.rows import (
    COMPARISON_COLUMNS,
    Words,
    in_words,
    metric_bar,
    metric_row,
    share_row,
    tickets_href,
    trend,
)
from navigator.insight.table import Table
from navigator.tickets.metrics import MetricName

_BY_READING: tuple[MetricName, ...] = ("read_in_time", "read_late", "unread")


def table(session: Session, scope: ReportScope) -> Table:
    """Reviews opened in the period by how they were read, and what was passed on."""
    counts = queries.report_counts(session, scope).by_metric | event_counts(session, scope)
    return Table(
        headline=share_row(scope, "read_in_time", "handed_over", counts),
        name="safety",
        title="Clinical reviews and what was passed on",
        help_text="What was not a technical problem, and whether a clinician read in time what they had to"
        " read.",
        columns=("Figure", *COMPARISON_COLUMNS),
        bars=tuple(metric_bar(scope, name, counts) for name in ("handed_over", *_BY_READING)),
        rows=(
            metric_row(scope, "handed_over", counts),
            share_row(scope, "missed", "handed_over", counts),
            *(share_row(scope, name, "handed_over", counts) for name in _BY_READING),
            metric_row(scope, "passed_on", counts),
        ),
    )


def findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    """Reviews that nobody has read in time: even one is a decision."""
    counts = event_counts(session, scope)
    late, unread = counts["read_late"], counts["unread"]
    if late.now:
        words = in_words("Read by a clinician too late: {tickets} with a clinical review.", tickets=late.now)
        advice = "Ask whether the duty clinician has the time, and who is alerted next."
        yield _finding(scope, "read_late", late, words, advice)
    if unread.now:
        words = in_words("Read by no clinician yet: {tickets} with a clinical review.", tickets=unread.now)
        yield _finding(scope, "unread", unread, words, "Ask the duty clinician to read what waits.")


def _finding(
    scope: ReportScope, name: MetricName, counts: PeriodCounts, words: Words, advice: str
) -> Finding:
    return Finding(
        **words,
        advice=advice,
        href=tickets_href(scope, scope.days, figure=name),
        link_text="The tickets",
        count=counts.now,
        section="safety",
        trend=trend(counts),
    )
