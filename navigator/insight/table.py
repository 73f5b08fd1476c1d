"""The cells of a table: each as it is, and as it may leave the service.

Small numbers can point to a person. What is printed or saved therefore shows no count under five, and others
to the nearest five; shares are worked out from those.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LEAST = 5


def rounded(count: int) -> int | None:
    """A count as it may leave the service: to the nearest five, or None for one that is too small to show."""
    return None if count < LEAST else (count + LEAST // 2) // LEAST * LEAST


@dataclass(frozen=True)
class Cell:
    """What a cell says on the screen and when shared; `opens` are the filters of the tickets it counts."""

    exact: str
    shared: str
    counts: int = 0
    opens: Mapping[str, str] = field(default_factory=dict)


def words(said: str) -> Cell:
    """A cell that says the same everywhere."""
    return Cell(said, said)


def count(number: int, **opens: str) -> Cell:
    """A number of tickets, or of anything else."""
    return Cell(f"{number:,}", _shown(number), number, opens)


def _shown(number: int) -> str:
    known = rounded(number)
    return "fewer than 5" if known is None else f"{known:,}"


def minutes(spent: int, calls: int) -> Cell:
    """Minutes spent on so many calls, which must not be few where it is shared."""
    known = rounded(spent) if rounded(calls) is not None else None
    return Cell(_long(spent), "not shown" if known is None else _long(known), known or 0)


def _long(spent: int) -> str:
    hours, left = divmod(spent, 60)
    return f"{hours:,} h {left} min" if hours else f"{left} min"


def share(part: int, whole: int, **opens: str) -> Cell:
    """A part of a whole, with its percentage."""
    shown = f"{_shown(part)} of {_shown(whole)}"
    known = shown if rounded(part) is None else _of(rounded(part), rounded(whole))
    return Cell(_of(part, whole), known, part, opens)


def _of(part: int | None, whole: int | None) -> str:
    if not whole or part is None:
        return "none yet"
    return f"{part:,} of {whole:,} ({100 * part / whole:.0f}%)"


def change(now: int, before: int) -> Cell:
    """By how much a count differs from the one before it."""
    shown, earlier = rounded(now), rounded(before)
    hidden = shown is None or earlier is None
    return Cell(_more(now - before), "not shown" if hidden else _more((shown or 0) - (earlier or 0)))


def _more(by: int) -> str:
    return f"{by:,} more" if by > 0 else f"{-by:,} fewer" if by < 0 else "the same"


@dataclass(frozen=True)
class Bar:
    """One bar of a picture: its label, the count of this period and that of the period before."""

    label: str
    now: int
    before: int = 0

    def shared(self) -> "Bar":
        """The bar as it may leave the service: a count that is too small has no length."""
        return Bar(self.label, rounded(self.now) or 0, rounded(self.before) or 0)


@dataclass(frozen=True)
class Row:
    """A row of a table: what it is about, what that means, and its cells."""

    label: str
    means: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A table with what it answers; `bars` draw it, lying for things and standing for days."""

    name: str
    title: str
    means: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...] = ()
    is_over_time: bool = False
