"""The managers’ report: what needs a decision, and the tables of its questions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from navigator.errors import NotFound
from navigator.insight import queries
from navigator.insight.event_counts import event_counts
from navigator.insight.finding import Finding
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.queries import ReportScope
from navigator.insight.rows import CHANGE, metric_row
from navigator.insight.sections import registry
from navigator.insight.sections.registry import Answer
from navigator.insight.table import NO_EARLIER, Row, Table, text_cell
from navigator.people.actor import Actor

MOST_FINDINGS = 7
"""So many stand on top, on one screen; the rest are a tap away."""


@dataclass(frozen=True)
class ManagersReport:
    """The managers' report: its scope, its total, what needs a decision, and its tables by question."""

    scope: ReportScope
    reported: Row
    findings: Sequence[Finding]
    answers: Sequence[Answer]

    @property
    def questions(self) -> Sequence[Answer]:
        """The twelve questions."""
        return self.answers[:-1]

    @property
    def comparison(self) -> Answer:
        """Services side by side."""
        return self.answers[-1]

    @property
    def tables(self) -> dict[str, Table]:
        """Every table by its name, in the order in which a manager reads them."""
        return {table.name: table for answer in self.answers for table in answer.tables}

    @property
    def decisions(self) -> Table:
        """What stands on the one screen, as a table whose sentences may leave the service."""
        return Table(
            name="decisions",
            title="What needs a decision",
            help_text="What weighs most first.",
            columns=("What happened", "What to do"),
            rows=tuple(Row(found.shared, "", (text_cell(found.advice),)) for found in self.findings),
        )

    def table(self, name: str) -> Table:
        """The table of that name."""
        try:
            return (self.tables | {"decisions": self.decisions})[name]
        except KeyError:
            raise NotFound("There is no such table.") from None


def managers_report(session: Session, actor: Actor, period_filter: PeriodFilter) -> ManagersReport:
    """All tables for a period filter, in the order in which a manager reads them."""
    scope = queries.resolve_scope(session, actor, period_filter)
    counts = queries.report_counts(session, scope).by_metric
    total = metric_row(scope, "all", counts)
    answers = registry.answers(session, scope)
    if _has_just_begun(session, scope):
        total, answers = _without_change(total, len(total.cells) - 1), [*map(_without_changes, answers)]
    return ManagersReport(scope, total, registry.findings(session, scope), answers)


def _has_just_begun(session: Session, scope: ReportScope) -> bool:
    """Whether nothing was counted before the period: then nothing is more than it was."""
    counts = (queries.report_counts(session, scope).by_metric, event_counts(session, scope))
    before = [pair.before for by_metric in counts for pair in by_metric.values()]
    return not any((*before, queries.deflections(session, scope).before))


def _without_changes(answer: Answer) -> Answer:
    return replace(answer, tables=[*map(_without_changes_of, answer.tables)])


def _without_changes_of(table: Table) -> Table:
    if CHANGE not in table.columns:
        return table
    change = table.columns.index(CHANGE) - 1  # the first column is the label
    return replace(table, rows=tuple(_without_change(row, change) for row in table.rows))


def _without_change(row: Row, change: int) -> Row:
    cells = (*row.cells[:change], text_cell(NO_EARLIER), *row.cells[change + 1 :])
    return replace(row, cells=cells) if row.cells[change].exact != "–" else row
