"""Tables and cells, with small-number suppression: each cell as it is, and as it may leave the service.

Small numbers can identify a person. What is printed or saved therefore shows no count under five, and others
to the nearest five. Of rounded counts, a share could rise where the true one fell: so shares are those of the
true counts, and are shown only where neither those counted nor those left over are few.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from navigator.small_numbers import MIN_COUNT, rounded

NO_EARLIER = "no earlier figures"
PERIOD_BEFORE = "Period before"

Share = tuple[int, int]
"""A part, and the whole that it is of."""


@dataclass(frozen=True)
class Cell:
    """A cell's text, exact and as shared outside; `filters` list the tickets that it counts."""

    exact: str
    shared: str
    count: int = 0
    filters: Mapping[str, str] = field(default_factory=dict)


def text_cell(text: str) -> Cell:
    """A cell whose text is the same everywhere."""
    return Cell(text, text)


def count_cell(number: int, **filters: str) -> Cell:
    """A cell with a number of tickets, or of anything else."""
    return Cell(f"{number:,}", _rounded_text(number), number, filters)


def _rounded_text(number: int) -> str:
    count = rounded(number)
    return "fewer than 5" if count is None else f"{count:,}"


def minutes_cell(minutes: int, calls: int) -> Cell:
    """A cell with the minutes of so many calls, which must not be few where it is shared."""
    shared = rounded(minutes) if rounded(calls) is not None else None
    return Cell(_duration(minutes), "not shown" if shared is None else _duration(shared), shared or 0)


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours:,} h {rest} min" if hours else f"{rest} min"


def share_cell(part: int, whole: int, **filters: str) -> Cell:
    """A cell with a part of a whole, and its percentage."""
    exact = f"{part:,} of {whole:,} ({percent(part, whole)}%)" if whole else "none yet"
    return Cell(exact, _shared_share(part, whole), part, filters)


def _shared_share(part: int, whole: int) -> str:
    if _may_leave(part, whole):
        return f"about {_rounded_text(part)} of {_rounded_text(whole)} ({percent(part, whole)}%)"
    is_nearly_all = part >= MIN_COUNT
    return f"{'all but fewer than 5' if is_nearly_all else _rounded_text(part)} of {_rounded_text(whole)}"


def _may_leave(part: int, whole: int) -> bool:
    """Whether a share tells of no few people: neither of those counted nor of those left over."""
    return part >= MIN_COUNT and whole - part >= MIN_COUNT


def shared_percent(part: int, whole: int) -> int | None:
    """The percent of a share as it may leave the service; None if it tells of few people."""
    return percent(part, whole) if _may_leave(part, whole) else None


def percent(part: int, whole: int) -> int:
    """The whole percent nearest to a share; none and all are said of nothing less."""
    nearest = round(100 * part / whole)
    return min(max(nearest, 1), 99) if 0 < part < whole else nearest


def points_cell(now: Share, before: Share) -> Cell:
    """A cell with the change of a share, in percentage points of the true shares."""
    if not (now[1] and before[1]):
        return text_cell("none yet" if before[1] else NO_EARLIER)
    exact = _points_text(100 * now[0] / now[1] - 100 * before[0] / before[1])
    return Cell(exact, exact if _may_leave(*now) and _may_leave(*before) else "not shown")


def _points_text(change: float) -> str:
    if points := round(abs(change)):
        return f"{points:,} {'point' if points == 1 else 'points'} {'higher' if change > 0 else 'lower'}"
    return "about the same" if change else "the same"


def change_cell(now: int, before: int) -> Cell:
    """A cell with the change from the count before."""
    shared_now, shared_before = rounded(now), rounded(before)
    is_hidden = shared_now is None or shared_before is None
    shared = "not shown" if is_hidden else _change_text((shared_now or 0) - (shared_before or 0))
    return Cell(_change_text(now - before), shared)


def _change_text(change: int) -> str:
    return f"{change:,} more" if change > 0 else f"{-change:,} fewer" if change < 0 else "the same"


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: its label, the count of this period and that of the period before.

    `filters` list the tickets that it counts; where no filter does, `href` is the page that it leads to.
    """

    label: str
    now: int
    before: int = 0
    filters: Mapping[str, str] = field(default_factory=dict)
    href: str = ""

    def shared(self) -> "Bar":
        """The bar as it may leave the service: a count that is too small has no length."""
        return Bar(self.label, rounded(self.now) or 0, rounded(self.before) or 0)


@dataclass(frozen=True)
class Mark:
    """What happened at a bar of a chart over time: an outage, a release."""

    bar: int
    label: str
    href: str


@dataclass(frozen=True)
class Row:
    """A row of a table: its label, what that means, its cells, and the page of what it is about."""

    label: str
    help_text: str
    cells: tuple[Cell, ...]
    href: str = ""


@dataclass(frozen=True)
class Table:
    """A table, and what it answers; `bars` chart it, horizontal for things and vertical for days.

    `headline` is the number that answers the question in a word: the first row, unless another is named.
    `now_label` and `before_label` are what the two numbers of a bar are; without the second, ''.
    """

    name: str
    title: str
    help_text: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...] = ()
    is_over_time: bool = False
    marks: tuple[Mark, ...] = ()
    headline: Row | None = None
    now_label: str = "This period"
    before_label: str = PERIOD_BEFORE

    @property
    def first_number(self) -> Row | None:
        """The row that answers in a word; none where there is nothing."""
        return self.headline or next(iter(self.rows), None)

    @property
    def number_before(self) -> Cell | None:
        """What the first number was in the period before; none where the table does not compare with it."""
        first, is_compared = self.first_number, self.headline or self.columns[2:3] == (PERIOD_BEFORE,)
        before = first.cells[1] if first and is_compared and len(first.cells) > 1 else None
        return before if before and before.exact != "–" else None
