"""Sessions: what problems cost in sessions, what waits for the supplier, and how good these figures are."""

from sqlmodel import Session

from navigator.insight import queries
from navigator.insight.queries import ReportScope
from navigator.insight.rows import (
    COMPARISON_COLUMNS,
    count_cells,
    days_since,
    metric_row,
    share_row,
    ticket_filters,
)
from navigator.insight.table import Row, Table, count_cell, text_cell
from navigator.tickets.metrics import METRICS

_SOLVED = "A known fix was shown before the report was sent, and it helped. Nobody had to read anything."


def table(session: Session, scope: ReportScope) -> Table:
    """Sessions touched, what was in time for them, and what came back or waits."""
    counts = queries.report_counts(session, scope).by_metric | queries.event_counts(session, scope)
    return Table(
        name="sessions",
        title="Sessions, waiting and what came back",
        help_text="What the problems cost in sessions, and how good these figures are.",
        columns=("Figure", *COMPARISON_COLUMNS),
        rows=(
            share_row(scope, "in_time", "had_session", counts),
            metric_row(scope, "touched", counts),
            share_row(scope, "reopened", "ended", counts),
            share_row(scope, "no_session", "all", counts),
            Row("Solved without a ticket", _SOLVED, count_cells(queries.deflections(session, scope))),
            *_supplier_rows(session, scope),
        ),
    )


def _supplier_rows(session: Session, scope: ReportScope) -> tuple[Row, Row]:
    waiting, since = queries.waiting_for_supplier(session, scope)
    supplier, none = METRICS["with_supplier"], (text_cell("–"),) * 3
    waiting_cell = count_cell(waiting, **ticket_filters(scope, None, figure="with_supplier"))
    longest = "Since the ticket was last left to the supplier."
    return (
        Row(f"{supplier.label} now", supplier.help_text, (waiting_cell, *none)),
        Row("Longest wait for the supplier", longest, (text_cell(days_since(since)), *none)),
    )
