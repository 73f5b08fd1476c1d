"""How long people waited in each period, by who reported and who can put it right, as a table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select, true, union_all
from sqlmodel import Session, col

from navigator.catalogue.catalogue import Fixability
from navigator.insight.day_counts import is_among
from navigator.insight.figures import fresh_figures, kept_of
from navigator.insight.queries import ReportScope
from navigator.insight.table import Bar, Cell, Row, Table, count_cell
from navigator.insight.waits import STILL_WAITING, in_words, within
from navigator.people.reporter import ReporterKind
from navigator.small_numbers import MIN_COUNT
from navigator.tickets.day_counts import DayFigure

MEDIAN, SLOW = 5, 9
"""In tenths: half of all waited no longer, and nine of ten; the slowest tenth waited longer than that."""

Waits = tuple[Mapping[int, int], ...]
"""How many waits lay within each step, in each of the periods."""
_OURS = (Fixability.NAVIGATOR, Fixability.SERVICE)
_NAMED = (*_OURS, Fixability.SUPPLIER)


@dataclass(frozen=True)
class Kind:
    """Those whose waits are looked at together."""

    label: str
    help_text: str
    reporter: str = ""
    fixability: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Or anything but these."""

    def holds(self, who: str, whose: str | None) -> bool:
        """Whether a report of somebody, that somebody can put right, is among them."""
        is_whose = whose in self.fixability if self.fixability else whose not in self.others
        return is_whose and self.reporter in ("", who)

    @property
    def condition(self) -> ColumnElement[bool]:
        """The same of a row that is kept."""
        whose = col(DayFigure.fixability)
        if self.reporter:
            return col(DayFigure.reporter_kind) == self.reporter
        if self.fixability:
            return whose.in_(self.fixability)
        return or_(whose.is_(None), whose.not_in(self.others)) if self.others else true()


KINDS = (
    Kind("All reports", ""),
    Kind("Reports of patients", "", reporter=ReporterKind.PATIENT),
    Kind("Reports of practitioners", "", reporter=ReporterKind.PWP),
    Kind(
        "What is ours to put right",
        "A navigator or somebody else in the service can put it right.",
        fixability=_OURS,
    ),
    Kind("What is the supplier’s", "Only its maker can put it right.", fixability=(Fixability.SUPPLIER,)),
    Kind(
        "Anything else",
        "The protocol’s, not for us, nothing to fix, or not sorted yet.",
        others=_NAMED,
    ),
)


@cache
def _kinds_of(who: str, whose: str | None) -> tuple[str, ...]:
    """The labels of the kinds that hold a report of somebody, that somebody can put right."""
    return tuple(kind.label for kind in KINDS if kind.holds(who, whose))


def waits(session: Session, scope: ReportScope, figure: str) -> dict[str, Waits]:
    """The waits of each kind, by its label: what is kept of the days, and of other days anew."""
    counts = {kind.label: (Counter[int](), Counter[int](), Counter[int]()) for kind in KINDS}
    for period, step, *sums in session.execute(_kept_query(scope, figure, kept_of(session, scope))):
        for of_kind, count in zip(counts.values(), sums, strict=True):
            of_kind[period][step] += count or 0
    for key, count in fresh_figures(session, scope).items():
        if key.figure == figure and scope.all_days.first <= key.reported_on <= scope.all_days.last:
            period = _period_of(scope, key.reported_on)
            for label in _kinds_of(key.reporter_kind, key.fixability):
                counts[label][period][key.value] += count
    return {label: tuple(+found for found in periods) for label, periods in counts.items()}


@dataclass(frozen=True)
class Measure:
    """A wait that is measured: its figure, its steps, those that its picture shows, and its words."""

    figure: str
    steps: tuple[int, ...]
    marks: tuple[int, ...]
    name: str
    title: str
    help_text: str
    over: str
    """What has happened to those who do not wait any more."""


def waits_table(session: Session, scope: ReportScope, measure: Measure) -> Table:
    """The table of a wait: how long half waited and nine of ten, beside the period before."""
    found = waits(session, scope, measure.figure)
    return Table(
        name=measure.name,
        title=measure.title,
        help_text=measure.help_text,
        columns=(
            "Which", measure.over, "Half of them within", "Half, period before", "Half, the one before that",
            "Nine of ten within", "Nine of ten, period before", "Still waiting",
        ),
        rows=tuple(_row(kind, found[kind.label], measure.steps) for kind in KINDS),
        headline=_headline(found[KINDS[0].label], measure),
        bars=tuple(_bar(found[KINDS[0].label], mark, measure.steps) for mark in measure.marks),
    )  # fmt: skip


def _headline(found: Waits, measure: Measure) -> Row:
    now, before = (wait_cell(measured(counts), MEDIAN, measure.steps) for counts in found[:2])
    return Row(f"within which half were {measure.over.lower()}", "", (now, before))


def measured(counts: Mapping[int, int]) -> dict[int, int]:
    """The waits that are over, by their steps."""
    return {step: count for step, count in counts.items() if step != STILL_WAITING}


def _row(kind: Kind, found: Waits, steps: tuple[int, ...]) -> Row:
    now, before, earlier = map(measured, found)
    halves = (wait_cell(counts, MEDIAN, steps) for counts in (now, before, earlier))
    slowest = (wait_cell(counts, SLOW, steps) for counts in (now, before))
    waiting = count_cell(found[0].get(STILL_WAITING, 0))
    return Row(kind.label, kind.help_text, (count_cell(sum(now.values())), *halves, *slowest, waiting))


def wait_cell(counts: Mapping[int, int], tenths: int, steps: tuple[int, ...]) -> Cell:
    """A cell with the step within which so many tenths waited; shared where it tells of no few people."""
    exact = in_words(within(counts, tenths), steps)
    beyond = sum(counts.values()) * (10 - tenths) // 10
    return Cell(exact, exact if beyond >= MIN_COUNT else "not shown")


def _bar(found: Waits, mark: int, steps: tuple[int, ...]) -> Bar:
    """How many waited no longer than that."""
    now, before = (
        sum(count for step, count in measured(counts).items() if step <= mark) for counts in found[:2]
    )
    return Bar(f"Within {in_words(mark, steps)}", now, before)


def _period_of(scope: ReportScope, day: date) -> int:
    return next(n for n, days in enumerate(scope.periods) if day >= days.first)


def _kept_query(scope: ReportScope, figure: str, kept: Sequence[date]) -> Any:
    """The sums of each kind by period and step. Each period alone: sorted by one column it is faster."""
    count, step = col(DayFigure.count), col(DayFigure.value)
    sums = [func.sum(count).filter(kind.condition) for kind in KINDS]
    is_asked = (scope.row_condition(DayFigure), col(DayFigure.figure) == figure)
    return union_all(
        *(
            select(literal(n, literal_execute=True), step, *sums)
            .where(*is_asked, is_among(col(DayFigure.reported_on), days.among(kept)))
            .group_by(step)
            for n, days in enumerate(scope.periods)
        )
    )
