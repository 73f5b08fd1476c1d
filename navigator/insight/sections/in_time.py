"""In time: what was put right before the next session, and of how many no session is known."""

from sqlmodel import Session

from navigator.insight import queries
from navigator.insight.queries import ReportScope
from navigator.insight.rows import COMPARISON_COLUMNS, share_row
from navigator.insight.table import Bar, Table


def table(session: Session, scope: ReportScope) -> Table:
    """The share put right in time, and how far that can be known."""
    counts = queries.report_counts(session, scope).by_metric
    return Table(
        name="in_time",
        title="Put right before the next session",
        help_text="What may stop the online part of a session has to be put right by noon on the last working"
        " day before it.",
        columns=("Figure", *COMPARISON_COLUMNS),
        rows=(
            share_row(scope, "in_time", "had_session", counts),
            share_row(scope, "no_session", "all", counts),
        ),
        bars=(
            Bar("Put right in time", *counts["in_time"][:2]),
            Bar("Not in time", *counts["had_session"].without(counts["in_time"])[:2]),
        ),
    )
