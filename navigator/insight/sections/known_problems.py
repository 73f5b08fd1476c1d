"""Known problems of the period: outages, and what many have while no supplier has promised a day."""

from collections.abc import Iterator

from sqlmodel import Session

from navigator import clock
from navigator.dates_in_words import day
from navigator.insight.finding import Finding
from navigator.insight.problem_reports import Reported, reported_problems
from navigator.insight.queries import ReportScope
from navigator.insight.rows import COMPARISON_COLUMNS, Words, count_cells, in_words, period_in_words, trend
from navigator.insight.table import Bar, Row, Table, count_cell, text_cell
from navigator.small_numbers import MIN_COUNT


def table(session: Session, scope: ReportScope) -> Table:
    """What is known of each problem, beside its reports."""
    found = reported_problems(session, scope)
    return Table(
        name="problems",
        title="Known problems and outages",
        help_text="Reports that navigators linked to a known problem, and what its supplier promised.",
        columns=("Known problem", *COMPARISON_COLUMNS, "Sessions touched", "Supplier"),
        rows=tuple(map(_row, found)),
        bars=tuple(map(_bar, found)),
    )


def findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    """What broke in the period, and problems with many reports for which nobody has promised anything."""
    for one in reported_problems(session, scope):
        if one.broke:
            yield _broke(one)
        elif one.counts.now >= MIN_COUNT and not one.problem.supplier_due_on and not one.is_over:
            yield _without_promise(one)


def _bar(one: Reported) -> Bar:
    label = f"{one.programme}: {one.problem.title}"
    return Bar(label, one.counts.now, one.counts.before, href=_href(one))


def _row(one: Reported) -> Row:
    cells = (*count_cells(one.counts), count_cell(one.sessions), text_cell(_promise(one)))
    kind = "Outage, " if one.problem.is_outage else ""
    return Row(one.problem.title, f"{kind}{one.programme}", cells, href=_href(one))


def _broke(one: Reported) -> Finding:
    words = in_words(
        "{programme}: “{title}”, most on {days}: {reports}, {sessions} touched; {promise}.",
        title=one.problem.title,
        programme=one.programme,
        days=period_in_words(one.days),
        reports=one.counts.now,
        sessions=one.sessions,
        promise=_promise(one),
    )
    over = "Ask the supplier what will stop it from happening again."
    goes_on = "Ask the supplier for a day, and tell practitioners to plan sessions without it."
    return _finding(one, words, over if one.is_over else goes_on)


def _without_promise(one: Reported) -> Finding:
    words = in_words(
        "{programme}: “{title}”: {reports}, {sessions} touched, and no promise of a fix.",
        title=one.problem.title,
        programme=one.programme,
        reports=one.counts.now,
        sessions=one.sessions,
    )
    return _finding(one, words, "Ask the supplier by when it will be right, or decide to live with it.")


def _finding(one: Reported, words: Words, advice: str) -> Finding:
    return Finding(
        **words,
        advice=advice,
        href=_href(one),
        link_text="The problem and its tickets",
        count=one.counts.now,
        section="problems",
        trend=trend(one.counts),
    )


def _href(one: Reported) -> str:
    return f"/problems/{one.problem.id}"


def _promise(one: Reported) -> str:
    if one.is_over:
        return "put right"
    due = one.problem.supplier_due_on
    if due is None:
        return "no promise yet"
    return f"promised {day(due)}" if due >= clock.today() else f"promised {day(due)}, not kept"
