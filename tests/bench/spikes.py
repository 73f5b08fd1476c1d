"""`python -m tests.bench.spikes`: false alarms of quiet years, and how soon planted rises are found.

Made-up desks of three services: their reports fall on 24 categories of two programmes as 1, 1/2, 1/3 …, with
fewer at weekends. Each day is looked at as the desk does, with the code of the desk.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng
from scipy.stats import nbinom, poisson

from navigator.problems.spikes import ALL_DAYS, MAX_WINDOW, SHARE_POWER, Family, Series, risen

Matrix = np.ndarray[tuple[int, int], np.dtype[np.int_]]

SEED = 2026
KINDS, SERVICES, YEAR, MONTHS = 48, 3, 365, 12
WEEK = np.array([1.2, 1.15, 1.1, 1.05, 1.0, 0.8, 0.7])
HOLIDAYS = (0, 93, 96, 124, 145, 236, 359, 360)
"""Days of a year, from 1 January, on which a third reports; the next two days catch up."""


@dataclass(frozen=True)
class Year:
    """A quiet year: `dispersion` is 1 by chance alone; `growth` over the year; winter has `season` more."""

    dispersion: float = 1.0
    growth: float = 0.0
    season: float = 0.0
    has_holidays: bool = False


QUIET_YEARS: Mapping[str, Year] = {
    "chance alone": Year(),
    "uneven days": Year(dispersion=1.5),
    "growth by half, seasons, bank holidays": Year(1.3, 0.5, 0.2, has_holidays=True),
    "a roll-out that doubles in the year": Year(1.3, 1.0),
}
A_DAY = (2, 5, 20, 60)
"""Reports a day of a service."""
MOST_A_DAY = 150
"""More reports a day do not happen to the largest of these, not even three times as many as usual."""
BASES = (0.5, 1, 2, 3, 4, 5, 6, 8, 12)
"""Reports a day of the problem that rises."""


def rates(a_day: float) -> list[float]:
    """How often each kind is reported a day."""
    shares = [1 / place for place in range(1, KINDS + 1)]
    return [a_day * share / sum(shares) for share in shares]


def reports(
    rng: Generator, by_kind: Sequence[float], days: int, year: Year, first_weekday: int = 0
) -> Matrix:
    """Reports of each kind on each day: negative binomial around what is usual."""
    day = np.arange(days)
    level = WEEK[(day + first_weekday) % 7] / WEEK.mean()
    level = level * (1 + year.growth * day / YEAR) * (1 + year.season * np.cos(2 * np.pi * day / YEAR))
    if year.has_holidays:
        for holiday in HOLIDAYS:
            level[day % YEAR == holiday] *= 1 / 3
            level[(day % YEAR == holiday + 1) | (day % YEAR == holiday + 2)] *= 4 / 3
    mean = np.outer(by_kind, level)
    if year.dispersion > 1:
        mean = rng.gamma(mean / (year.dispersion - 1), year.dispersion - 1)
    found: Matrix = rng.poisson(mean)
    return found


def family(counts: Matrix, last: int, last_weekday: int) -> Family[int]:
    """A service as it is on one day."""
    window = counts[:, last + 1 - ALL_DAYS : last + 1]
    series = {kind: Series(row) for kind, row in enumerate(window.tolist()) if any(row)}
    return Family(series, last_weekday)


def false_alarms(rng: Generator, a_day: float, year: Year) -> int:
    """How many rises a desk is offered in a year in which nothing is wrong; none twice while it lasts."""
    services = [reports(rng, rates(a_day), YEAR + ALL_DAYS, year) for _ in range(SERVICES)]
    alarms, seen = 0, dict[tuple[int, int], int]()
    for last in range(ALL_DAYS, YEAR + ALL_DAYS):
        everywhere = family(sum(services[1:], services[0]), last, last % 7)
        for number, counts in enumerate(services):
            for kind in risen(family(counts, last, last % 7), everywhere):
                alarms += last - seen.get((number, kind), -ALL_DAYS) > MAX_WINDOW
                seen[number, kind] = last
    return alarms


def days_until_found(
    rng: Generator, base: float, a_day: float = 20, times: float = 3, most: int = 7
) -> int | None:
    """After how many whole days a rise of one problem is found that begins on any day of the week."""
    weekday, days = int(rng.integers(7)), ALL_DAYS + most
    year = Year(dispersion=1.3)
    by_kind = [*rates(a_day), base]
    counts = reports(rng, by_kind, days, year, weekday)
    risen = reports(rng, [base * times], days, year, weekday)
    counts[-1, ALL_DAYS:] = risen[0, ALL_DAYS:]
    for passed in range(1, most + 1):
        last = ALL_DAYS - 1 + passed
        if KINDS in family(counts, last, (last + weekday) % 7).alarms():
            return passed
    return None


def most_found(base: float, share: float, dispersion: float, times: float = 3) -> float:
    """How many rises any test can find in two days at its share of one false alarm a month (Neyman-Pearson).

    It may raise one on either day, knows the usual rate exactly, and looks for nothing else. Each day’s count
    is looked at: of uneven days their sum does not say all.
    """
    usual, risen = (_two_days(base * n, dispersion) for n in (1, times))
    most_telling = np.argsort(usual - risen)
    false, true = (np.cumsum([0, *np.exp(chances[most_telling])]) for chances in (usual, risen))
    return float(np.interp(share * 2 / 30, false, true))


def _two_days(base: float, dispersion: float) -> Any:
    """The chance of each count of one day with each of the next, as logarithms."""
    day = poisson(base) if dispersion == 1 else nbinom(base / (dispersion - 1), 1 / dispersion)
    chances = day.logpmf(np.arange(MOST_A_DAY))
    return np.add.outer(chances, chances).ravel()


def print_bound(a_day: float = 20) -> None:
    """What no test can do better, as Markdown: with the whole alarm, and with this problem’s part of it."""
    heads = (
        "all for it, even days",
        "all for it, uneven days",
        "its part, even days",
        "its part, uneven days",
    )
    print("| usual a day | " + " | ".join(heads) + " |\n|---|" + "---|" * len(heads))
    for base in BASES:
        part = base**SHARE_POWER / (base**SHARE_POWER + sum(rate**SHARE_POWER for rate in rates(a_day)))
        cells = [f"{most_found(base, share, uneven):.0%}" for share in (1, part) for uneven in (1, 1.3)]
        print(f"| {base:g} | " + " | ".join(cells) + " |", flush=True)


def print_false_alarms(desks: int) -> None:
    """False alarms a service and month, as Markdown."""
    print(
        "| quiet year | "
        + " | ".join(f"{n} reports a day" for n in A_DAY)
        + " |\n|---|"
        + "---|" * len(A_DAY)
    )
    for number, (name, year) in enumerate(QUIET_YEARS.items()):
        rng = default_rng(SEED + number)
        found = [sum(false_alarms(rng, n, year) for _ in range(desks)) for n in A_DAY]
        cells = [f"{count / desks / SERVICES / MONTHS:.2f}" for count in found]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def print_planted_rises(rng: Generator, rises: int) -> None:
    """How many threefold rises were found by when, as Markdown."""
    print("| usual a day | found in 1 day | in 2 days | in 4 days | in 7 days |\n|---|---|---|---|---|")
    for base in BASES:
        days = [days_until_found(rng, base) for _ in range(rises)]
        cells = [f"{sum(d is not None and d <= n for d in days) / rises:.0%}" for n in (1, 2, 4, 7)]
        print(f"| {base:g} | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Print the tables, what statistics allow first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desks", type=int, default=4, help="desks of each size and kind of year; 0: none")
    parser.add_argument("--rises", type=int, default=400, help="planted rises of each size; 0: none")
    asked = parser.parse_args()
    print_bound()
    if asked.desks:
        print_false_alarms(asked.desks)
    if asked.rises:
        print_planted_rises(default_rng(SEED), asked.rises)


if __name__ == "__main__":
    main()
