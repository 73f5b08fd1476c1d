"""A finding: what needs a decision, in a sentence, with its number, where to look and what to do."""

from dataclasses import dataclass

from navigator.insight.table import Bar


@dataclass(frozen=True)
class Comparison:
    """Two numbers beside each other, the one in question last: a picture where no periods are compared.

    `labels` say what is counted; `shared` are the numbers as they may leave the service, None for what may
    not; `unit` stands behind each number.
    """

    labels: tuple[str, str]
    exact: tuple[int, int]
    shared: tuple[int | None, int | None]
    unit: str = ""

    def told(self, number: int | None, hidden: str) -> str:
        """A number with its unit, or what stands where it may not be told."""
        unit = self.unit.removesuffix("s") if number == 1 else self.unit
        return hidden if number is None else f"{number}{unit}"

    @property
    def is_shared(self) -> bool:
        """Whether there is anything to draw outside the service."""
        return any(number is not None for number in self.shared)


@dataclass(frozen=True)
class Finding:
    """What needs a decision.

    `sentence` says what happened, when, and whom it touched, with exact numbers, for the service alone;
    `shared` says the same with small numbers hidden. `advice` is what to do; `href` the page of what it is
    about (its tickets, its problem), and `link_text` says which. `count` is how many reports or people it is
    about: findings are ordered by it, after those for which a promised day has passed
    (`is_overdue`). `section` is the name of the table that says more. `trend` is its picture: the count of
    each period, the earliest first; or `compared` is, where periods are not what is compared.
    """

    sentence: str
    shared: str
    advice: str
    href: str
    link_text: str
    count: int
    section: str
    trend: tuple[Bar, ...] = ()
    compared: Comparison | None = None
    is_overdue: bool = False
