"""Usability: if fixes worked, and what patients think of their programme, by programme and version."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from navigator.catalogue.programme import Programme
from navigator.insight.finding import Comparison, Finding
from navigator.insight.queries import ReportScope, once
from navigator.insight.rate import Rate
from navigator.insight.table import Bar, Cell, Row, Table, share_cell, text_cell
from navigator.small_numbers import MIN_COUNT, rounded
from navigator.usability.sus import SOURCE, mean_and_interval
from navigator.usability.tables import Question, UsabilityAnswer

NAME = "usability"
TOO_FEW = text_cell("fewer than 5 answers")
"""Shown to nobody, within the service neither: a navigator could guess whose so few answers are."""


@dataclass(frozen=True)
class Scores:
    """The answers about one version of a programme; `mean`, `low` and `high` are none where they are few."""

    programme: str
    version: str
    fixes: Rate
    count: int
    mean: float | None
    low: float
    high: float
    last_on: date

    @property
    def label(self) -> str:
        """The programme and its version."""
        return f"{self.programme} {self.version}" if self.version else f"{self.programme}, version not set"


def table(session: Session, scope: ReportScope) -> Table:
    """The answers of a period."""
    found = _scores(session, scope)
    return Table(
        name=NAME,
        title="Does it work for people?",
        help_text=(
            f"One question after each fix, and the ten of the {SOURCE}, from 0 to 100; more is better. In"
            " brackets the 95% confidence interval (Wilson; Student’s t). Fewer than 5 answers are not shown."
        ),
        columns=("Programme and version", "The fix worked for them", "Ten questions, of 100", "Answers"),
        rows=tuple(Row(each.label, "", (*_cells(each), _count_cell(each.count))) for each in found),
        bars=tuple(Bar(each.label, round(each.mean)) for each in found if each.mean is not None),
        headline=_headline(found),
        before_label="",
    )


def _headline(found: Sequence[Scores]) -> Row | None:
    """What the first version scored that enough people answered about."""
    scored = next((each for each in found if each.mean is not None), None)
    if scored is None:
        return None
    return Row(f"of 100 for {scored.label} in the ten questions", "", (text_cell(f"{scored.mean:.0f}"),))


def _cells(each: Scores) -> tuple[Cell, Cell]:
    fixes = share_cell(each.fixes.count, each.fixes.total)
    low, high = (round(100 * bound) for bound in each.fixes.bounds)
    fix = Cell(f"{fixes.exact}, {low} to {high}%", fixes.shared)
    if each.mean is None:
        sus = text_cell("none yet") if not each.count else TOO_FEW
    else:
        sus = text_cell(f"{each.mean:.0f} ({each.low:.0f} to {each.high:.0f})")
    return (
        fix if each.fixes.total >= MIN_COUNT else TOO_FEW if each.fixes.total else text_cell("none yet")
    ), sus


def _count_cell(count: int) -> Cell:
    if count < MIN_COUNT:
        return TOO_FEW if count else text_cell("none yet")
    return Cell(f"{count:,}", f"{rounded(count):,}", count)


def findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    """Each programme whose newest version is clearly harder to use than the one before."""
    by_programme: dict[str, list[Scores]] = {}
    for each in sorted(_scores(session, scope), key=lambda scores: scores.last_on):
        if each.mean is not None:
            by_programme.setdefault(each.programme, []).append(each)
    for before, now in (of[-2:] for of in by_programme.values() if len(of) > 1):
        if now.high < before.low:
            yield _finding(before, now)


def _finding(before: Scores, now: Scores) -> Finding:
    scores = (round(before.mean or 0), round(now.mean or 0))
    score = (
        f"{now.label} is harder to use than {before.label}: {now.mean:.0f} of 100 against {before.mean:.0f}"
    )
    return Finding(
        sentence=f"{score}, by {now.count} and {before.count} answers.",
        shared=f"{score}, by about {rounded(now.count)} and {rounded(before.count)} answers.",
        advice="Show it to the supplier, and ask what changed.",
        href="/insight#usability-heading",
        link_text="The answers by version",
        count=now.count,
        section=NAME,
        compared=Comparison((f"of 100 for {before.label}", f"of 100 for {now.label}"), scores, scores),
    )


@once
def _scores(session: Session, scope: ReportScope) -> list[Scores]:
    answer = UsabilityAnswer
    is_fix, is_sus = (col(answer.question) == question for question in (Question.FIX, Question.PROGRAMME))
    score = col(answer.score)
    query = (
        select(
            col(Programme.name),
            col(answer.version),
            func.count().filter(is_fix, score > 0).label("worked"),
            func.count().filter(is_fix).label("fixes"),
            func.count().filter(is_sus).label("count"),
            func.sum(score).filter(is_sus).label("total"),
            func.sum(score * score).filter(is_sus).label("squares"),
            func.max(col(answer.answered_on)).label("last_on"),
        )
        .outerjoin(Programme, col(Programme.id) == col(answer.programme_id))
        .where(
            scope.row_condition(answer), col(answer.answered_on).between(scope.days.first, scope.days.last)
        )
        .group_by(col(Programme.name), col(answer.version))
        .order_by(col(Programme.name), func.max(col(answer.answered_on)).desc(), col(answer.version))
    )
    return [_of_row(row) for row in session.execute(query)]


def _of_row(row: Any) -> Scores:
    is_shown = row.count >= MIN_COUNT
    figures: Sequence[float] = mean_and_interval(row.count, row.total, row.squares) if is_shown else ()
    mean, low, high = figures or (None, 0.0, 0.0)
    name = row.name or "No programme"
    return Scores(
        name, row.version, Rate(row.worked, row.fixes), row.count, mean, low or 0.0, high or 0.0, row.last_on
    )
