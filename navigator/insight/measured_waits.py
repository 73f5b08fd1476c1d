"""How long people waited in each period, by who reported and who can put it right, as a table."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, literal, select
from sqlmodel import Session, col

from navigator.catalogue.catalogue import Fixability
from navigator.insight.day_counts import is_among
from navigator.insight.day_figures import ANSWER, END
from navigator.insight.figures import fresh_figures, kept_of
from navigator.insight.queries import ReportScope, once
from navigator.insight.table import Bar, Cell, Row, Table, count_cell
from navigator.insight.waits import STILL_WAITING, in_words, within
from navigator.people.reporter import ReporterKind
from navigator.small_numbers import MIN_COUNT
from navigator.tickets.day_counts import DayFigure

MEDIAN, SLOW = 5, 9
"""In tenths: half of all waited no longer, and nine of ten; the slowest tenth waited longer than that."""

Waits = tuple[Mapping[int, int], ...]
"""How many waits lay within each step, in each of the periods."""
_Found = tuple[int, str, str, str | None, int, int]
"""The period, the figure, who reported, who can put it right, the value and its count."""


@dataclass(frozen=True)
class Kind:
    """Those whose waits are looked at together."""

    label: str
    help_text: str
    holds: Callable[[str, str | None], bool]


KINDS = (
    Kind("All reports", "", lambda *_: True),
    Kind("Reports of patients", "", lambda who, _: who == ReporterKind.PATIENT),
    Kind("Reports of practitioners", "", lambda who, _: who == ReporterKind.PWP),
    Kind(
        "What is ours to put right",
        "A navigator or somebody else in the service can put it right.",
        lambda _, whose: whose in (Fixability.NAVIGATOR, Fixability.SERVICE),
    ),
    Kind(
        "What is the supplier’s",
        "Only its maker can put it right.",
        lambda _, whose: whose == Fixability.SUPPLIER,
    ),
    Kind(
        "Anything else",
        "The protocol’s, not for us, nothing to fix, or not sorted yet.",
        lambda _, whose: whose not in (Fixability.NAVIGATOR, Fixability.SERVICE, Fixability.SUPPLIER),
    ),
)


def waits(session: Session, scope: ReportScope, figure: str) -> dict[str, Waits]:
    """The waits of each kind, by its label."""
    counts: dict[str, list[Counter[int]]] = defaultdict(lambda: [Counter(), Counter(), Counter()])
    for period, found, who, whose, step, count in _figures(session, scope):
        if found == figure:
            for kind in KINDS:
                if kind.holds(who, whose):
                    counts[kind.label][period][step] += count
    return {kind.label: tuple(counts[kind.label]) for kind in KINDS}


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


@once
def _figures(session: Session, scope: ReportScope) -> list[_Found]:
    """What is kept of the days, and of other days anew."""
    first, last = scope.all_days.first, scope.all_days.last
    kept = [day for day in kept_of(session, scope) if first <= day <= last]
    found: list[_Found] = [tuple(row) for row in session.execute(_kept_query(scope, kept))]
    for key, count in fresh_figures(session, scope).items():
        if first <= key.reported_on <= last:
            kind = (key.figure, key.reporter_kind, key.fixability, key.value)
            found.append((_period_of(scope, key.reported_on), *kind, count))
    return found


def _period_of(scope: ReportScope, day: date) -> int:
    return next(n for n, days in enumerate(scope.periods) if day >= days.first)


def _kept_query(scope: ReportScope, kept: Sequence[date]) -> Any:
    day = col(DayFigure.reported_on)
    # Not bound, or PostgreSQL does not see that it groups by what it selects.
    starts = [literal(days.first, literal_execute=True) for days in scope.periods[:2]]
    period = case((day >= starts[0], 0), (day >= starts[1], 1), else_=2)
    group = [getattr(DayFigure, name) for name in ("figure", "reporter_kind", "fixability", "value")]
    query = select(period.label("period"), *group, func.sum(DayFigure.count))
    is_wait = col(DayFigure.figure).in_((ANSWER, END))
    return query.where(scope.row_condition(DayFigure), is_among(day, kept), is_wait).group_by(
        "period", *group
    )
