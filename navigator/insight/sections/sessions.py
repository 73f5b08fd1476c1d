"""Sessions touched: those that had to be planned without the online part."""

from sqlmodel import Session

from navigator.insight import queries
from navigator.insight.event_counts import event_counts
from navigator.insight.queries import ReportScope
from navigator.insight.rows import COMPARISON_COLUMNS, metric_bar, metric_row, share_row
from navigator.insight.table import Table


def table(session: Session, scope: ReportScope) -> Table:
    """Sessions touched, and how many reports say nothing of a session."""
    counts = queries.report_counts(session, scope).by_metric | event_counts(session, scope)
    return Table(
        name="sessions",
        title="Sessions touched",
        help_text="What the problems cost in sessions, and how far these figures can be trusted.",
        columns=("Figure", *COMPARISON_COLUMNS),
        rows=(metric_row(scope, "touched", counts), share_row(scope, "no_session", "all", counts)),
        bars=(metric_bar(scope, "touched", counts), metric_bar(scope, "no_session", counts)),
    )
