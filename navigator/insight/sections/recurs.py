"""What recurs: the problems reported most, by category and programme, and which of them rise."""

from collections.abc import Iterator

from sqlmodel import Session

from navigator.catalogue.catalogue import catalogue
from navigator.insight import queries
from navigator.insight.finding import Finding
from navigator.insight.period_rises import kinds_of_rises
from navigator.insight.problem_reports import linked_reports
from navigator.insight.queries import PeriodCounts, ReportedProblem, ReportScope, compared_programmes
from navigator.insight.rows import (
    COMPARISON_COLUMNS,
    comparison_row,
    count_of,
    in_words,
    metric_row,
    ticket_filters,
    tickets_href,
    trend,
)
from navigator.insight.table import Bar, Row, Table, share_cell
from navigator.tickets.queue.filters import NONE


def table(session: Session, scope: ReportScope) -> Table:
    """The problems reported most in the period, each as a share of all that was reported."""
    reported = queries.report_counts(session, scope)
    total = reported.by_metric["all"].now
    most = [problem for problem in reported.problems if problem.counts.now][: queries.TOP]
    return Table(
        name="recurs",
        title="Reported most",
        headline=metric_row(scope, "all", reported.by_metric),
        help_text=f"The {queries.TOP} problems reported most, by category and programme.",
        columns=("Problem", *COMPARISON_COLUMNS, "Of all reported"),
        rows=tuple(_row(scope, problem, total) for problem in most),
        bars=tuple(_bar(scope, problem) for problem in most),
    )


def findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    """What rose against the period before by more than chance does, without what is known already."""
    known, told = linked_reports(session, scope), kinds_of_rises(session, scope)
    compared = compared_programmes(session, scope)
    for problem in queries.report_counts(session, scope).problems:
        kind = (problem.category, problem.code)
        counts = problem.counts.without(known.get(kind, PeriodCounts()))
        is_rise = counts.is_rise and problem.code in compared
        if problem.category and is_rise and kind not in told:
            yield _rise(scope, problem)


def _rise(scope: ReportScope, problem: ReportedProblem) -> Finding:
    words = in_words(
        "{programme}: “{label}” rises: {reports}, and {before} in the {days} before.",
        label=_label(problem),
        programme=_programme(problem),
        reports=problem.counts.now,
        before=problem.counts.before,
        days=count_of(scope.days.length, "days"),
    )
    return Finding(
        **words,
        advice="Look whether they have one cause: an update, an outage, or something not shown.",
        href=tickets_href(scope, scope.days, **_filters(problem)),
        link_text="Its tickets",
        count=problem.counts.now,
        section="recurs",
        trend=trend(problem.counts),
    )


def _row(scope: ReportScope, problem: ReportedProblem, total: int) -> Row:
    row = comparison_row(scope, _label(problem), _programme(problem), problem.counts, **_filters(problem))
    return Row(row.label, row.help_text, (*row.cells, share_cell(problem.counts.now, total)))


def _bar(scope: ReportScope, problem: ReportedProblem) -> Bar:
    now, before, _ = problem.counts
    filters = ticket_filters(scope, scope.days, **_filters(problem))
    return Bar(f"{_programme(problem)}: {_label(problem)}", now, before, filters)


def _filters(problem: ReportedProblem) -> dict[str, str]:
    return {"category": problem.category or NONE, "programme": problem.code or NONE}


def _label(problem: ReportedProblem) -> str:
    return catalogue().category(problem.category).staff_label if problem.category else "Not sorted yet"


def _programme(problem: ReportedProblem) -> str:
    return problem.name or "No programme"
