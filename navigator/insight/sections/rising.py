"""What is new or rising: problems that are reported far more often than usual, and what became of them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlmodel import Session

from navigator.dates_in_words import day
from navigator.insight.finding import Finding
from navigator.insight.period_rises import period_rises
from navigator.insight.queries import ReportScope, report_counts
from navigator.insight.rows import in_words, trend
from navigator.insight.table import Bar, Cell, Row, Table, count_cell, text_cell
from navigator.problems.rise import DismissalReason, Rise
from navigator.problems.rise_decisions import DISMISSALS
from navigator.problems.rises import OfferedRise, RiseOfServices, as_one, usual_words
from navigator.small_numbers import rounded

NAME = "rising"


def table(session: Session, scope: ReportScope) -> Table:
    """The rises of the period, those that go on first."""
    counted = period_rises(session, scope)
    rises = [each for each, _ in counted]
    undecided = sum(not each.rise.is_decided for each in rises)
    return Table(
        name=NAME,
        title="What is new or rising",
        help_text=_help_text(rises),
        headline=Row("rising that nobody has decided on yet", "", (count_cell(undecided),)),
        columns=("Problem", "Since", "Reports", "Usual", "Times as many", "What became of it"),
        rows=tuple(_row(scope, each, reports) for each, reports in counted),
        bars=tuple(
            Bar(f"{_place(scope, each)}: {each.label}", reports, round(each.rise.expected))
            for each, reports in counted
        ),
        before_label="Usual",
    )


def findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    """The rises of which nobody has decided yet."""
    counted = period_rises(session, scope)
    counts = {each.rise.id: reports for each, reports in counted}
    for rise in as_one(each for each, _ in counted if not each.rise.is_decided):
        yield _finding(session, scope, rise, sum(counts[each.rise.id] for each in rise.parts))


def _help_text(rises: Sequence[OfferedRise]) -> str:
    """What is counted here, and how often which reason was given to dismiss a rise."""
    what = "Problems reported at least twice as often as usual, and more often than chance explains."
    reasons = Counter(DismissalReason(each.rise.dismissed_as) for each in rises if each.rise.dismissed_as)
    if not reasons:
        return what
    told = ", ".join(f"{DISMISSALS[reason].lower()} ({count})" for reason, count in reasons.most_common())
    return f"{what} Dismissed: {told}."


def _row(scope: ReportScope, offered: OfferedRise, reports: int) -> Row:
    rise = offered.rise
    cells = (
        text_cell(day(rise.began_on)),
        count_cell(reports, **_filters(offered)),
        _usual_cell(rise.expected),
        text_cell("new" if offered.is_new else offered.times),
        text_cell(_outcome(rise)),
    )
    return Row(offered.label, _place(scope, offered), cells)


def _place(scope: ReportScope, offered: OfferedRise) -> str:
    """The programme; and where there are several services, in which."""
    one, programme = len(scope.services) == 1, offered.programme.name
    return programme if one else f"{programme}, {offered.service.name}"


def _filters(offered: OfferedRise) -> dict[str, str]:
    """The filters that list the tickets of a rise."""
    return {
        "service": offered.service.code,
        "programme": offered.programme.code,
        "category": offered.rise.category,
        "since": offered.rise.began_on.isoformat(),
        "until": offered.rise.last_on.isoformat(),
    }


def _usual_cell(expected: float) -> Cell:
    """How many reports are usual in as many days."""
    exact = count_cell(round(expected))
    return exact if exact.count else Cell("fewer than 1", exact.shared)


def _outcome(rise: Rise) -> str:
    if rise.problem_id is not None:
        return f"Known problem {rise.problem_id}"
    if rise.dismissed_as:
        return f"Dismissed: {DISMISSALS[DismissalReason(rise.dismissed_as)].lower()}"
    return "It went by itself" if rise.ended_at else "Nobody has decided yet"


def _finding(session: Session, scope: ReportScope, rise: RiseOfServices, reports: int) -> Finding:
    what = f"{rise.first.programme.name}: “{rise.first.label}”"
    what = f"{what} rises at {rise.services} since {day(rise.began_on)}"
    text = "{what}: {reports}, where {usual}."
    usual = rounded(round(rise.expected))
    hidden = "fewer than 5 are usual" if usual is None else usual_words(usual)
    return Finding(
        sentence=in_words(text, what=what, reports=reports, usual=rise.usual)["sentence"],
        shared=in_words(text, what=what, reports=reports, usual=hidden)["shared"],
        advice="Make one outage or problem of it, or say why it is nothing.",
        href=f"/problems/rises/{rise.first.rise.id}",
        link_text="The reports of each day",
        count=reports,
        section=NAME,
        trend=_trend(session, scope, rise),
    )


def _trend(session: Session, scope: ReportScope, rise: RiseOfServices) -> tuple[Bar, ...]:
    """How often its problem was reported in each period."""
    kind = (rise.first.rise.category, rise.first.programme.code)
    problems = report_counts(session, scope).problems
    return next((trend(each.counts) for each in problems if (each.category, each.code) == kind), ())
