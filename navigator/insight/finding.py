"""A finding: what needs a decision, in a sentence, with its number, where to look and what to do."""

from dataclasses import dataclass

from navigator.insight.table import Bar


@dataclass(frozen=True)
class Finding:
    """What needs a decision.

    `sentence` says what happened, when, and whom it touched, with exact numbers, for the service alone;
    `shared` says the same with small numbers hidden. `advice` is what to do; `href` the page of what it is
    about (its tickets, its problem), and `link_text` says which. `count` is how many reports or people it is
    about: findings are ordered by it. `section` is the name of the table that says more. `trend` is its
    picture: the count of each period, the earliest first. Where periods are not what is compared, `compared`
    is: two numbers beside each other, the one in question last; on the screen alone, for they are exact.
    """

    sentence: str
    shared: str
    advice: str
    href: str
    link_text: str
    count: int
    section: str
    trend: tuple[Bar, ...] = ()
    compared: tuple[Bar, ...] = ()
