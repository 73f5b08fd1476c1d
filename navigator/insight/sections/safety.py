"""Clinical reviews: whether a clinician read in time what they had to read, and what was passed on."""

from sqlmodel import Session

from navigator.insight import queries
from navigator.insight.queries import ReportScope
from navigator.insight.rows import COMPARISON_COLUMNS, metric_row, share_row
from navigator.insight.table import Table
from navigator.tickets.metrics import MetricName

_BY_READING: tuple[MetricName, ...] = ("read_in_time", "read_late", "unread")


def table(session: Session, scope: ReportScope) -> Table:
    """Reviews opened in the period by how they were read, and what was passed on."""
    counts = queries.report_counts(session, scope).by_metric | queries.event_counts(session, scope)
    return Table(
        name="safety",
        title="Clinical reviews and what was passed on",
        help_text="What was not a technical problem, and whether a clinician read in time what they had to"
        " read.",
        columns=("Figure", *COMPARISON_COLUMNS),
        rows=(
            metric_row(scope, "handed_over", counts),
            share_row(scope, "missed", "handed_over", counts),
            *(share_row(scope, name, "handed_over", counts) for name in _BY_READING),
            metric_row(scope, "passed_on", counts),
        ),
    )
