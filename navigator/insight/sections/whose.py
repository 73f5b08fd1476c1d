"""Whose it is: who can put right what was reported."""

from sqlmodel import Session

from navigator.insight import queries
from navigator.insight.queries import ReportScope
from navigator.insight.rows import COMPARISON_COLUMNS, metric_bar, metric_row
from navigator.insight.table import Table
from navigator.tickets.metrics import MetricName

FIXABILITY_METRICS: tuple[MetricName, ...] = ("ours", "supplier", "protocol", "divert", "nothing", "unsorted")


def table(session: Session, scope: ReportScope) -> Table:
    """The reports of each owner."""
    counts = queries.report_counts(session, scope).by_metric
    return Table(
        name="whose",
        title="Whose it is",
        help_text="Who can put right what was reported. This is what the desk or a navigator found.",
        columns=("Whose", *COMPARISON_COLUMNS),
        rows=tuple(metric_row(scope, name, counts) for name in FIXABILITY_METRICS),
        bars=tuple(metric_bar(scope, name, counts) for name in FIXABILITY_METRICS),
    )
