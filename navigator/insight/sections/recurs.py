"""What recurs: the problems reported most, by category and programme."""

from sqlmodel import Session

from navigator.catalogue.catalogue import catalogue
from navigator.insight import queries
from navigator.insight.queries import ReportedProblem, ReportScope
from navigator.insight.rows import COMPARISON_COLUMNS, comparison_row
from navigator.insight.table import Bar, Row, Table, share_cell
from navigator.tickets.queue.filters import NONE


def table(session: Session, scope: ReportScope) -> Table:
    """The problems reported most in the period, each as a share of all that was reported."""
    reported = queries.report_counts(session, scope)
    total = reported.by_metric["all"].now
    most = [problem for problem in reported.problems if problem.counts.now][: queries.TOP]
    return Table(
        name="recurs",
        title="What recurs",
        help_text=f"The {queries.TOP} problems reported most, by category and programme.",
        columns=("Problem", *COMPARISON_COLUMNS, "Of all reported"),
        rows=tuple(_row(scope, problem, total) for problem in most),
        bars=tuple(_bar(problem) for problem in most),
    )


def _row(scope: ReportScope, problem: ReportedProblem, total: int) -> Row:
    filters = {"category": problem.category or NONE, "programme": problem.code or NONE}
    row = comparison_row(scope, _label(problem), _programme(problem), problem.counts, **filters)
    return Row(row.label, row.help_text, (*row.cells, share_cell(problem.counts.now, total)))


def _bar(problem: ReportedProblem) -> Bar:
    return Bar(f"{_programme(problem)}: {_label(problem)}", problem.counts.now, problem.counts.before)


def _label(problem: ReportedProblem) -> str:
    return catalogue().category(problem.category).staff_label if problem.category else "Not sorted yet"


def _programme(problem: ReportedProblem) -> str:
    return problem.name or "No programme"
