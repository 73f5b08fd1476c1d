"""A forecast of reports by day: the middle of the same weekdays before, and how far it may be off.

Each weekday is expected to be as it was on average. How much days differ from that, over all weekdays, says
how wide the range is: so that of ten days eight lie within. Counts swing more than by chance alone where an
update or an outage brings many at once: the swing is measured, and never taken to be less than chance.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, sqrt
from statistics import NormalDist, mean, variance

MIN_WEEKS = 4
"""Of fewer weeks nothing is forecast: the swing of a weekday is not known."""
_WITHIN = NormalDist().inv_cdf(0.9)
"""Eight of ten lie between the slowest and the busiest tenth."""


@dataclass(frozen=True)
class Expected:
    """How many reports are expected, and between which two numbers eight times of ten."""

    number: float
    least: int
    most: int


@dataclass(frozen=True)
class Forecast:
    """The average of each weekday, and the swing of days and of weeks about it."""

    weekdays: Mapping[int, float]
    weeks: int
    day_swing: float
    week_swing: float

    def day(self, day: date) -> Expected:
        """What is expected of a day."""
        return _expected(self.weekdays[day.weekday()], self.day_swing, self.weeks)

    def days(self, days: Sequence[date]) -> Expected:
        """What is expected of the days of a week together."""
        return _expected(sum(self.weekdays[day.weekday()] for day in days), self.week_swing, self.weeks)


def forecast_from(counts: Mapping[date, int], days: Sequence[date]) -> Forecast | None:
    """A forecast from the counts of whole weeks; None where there are too few since the first report."""
    first = min((day for day in days if counts.get(day)), default=None)
    weeks = ((days[-1] - first).days + 1) // 7 if first else 0
    weeks = min(weeks, len(days) // 7)
    if weeks < MIN_WEEKS:
        return None
    known = days[-7 * weeks :]
    by_weekday: dict[int, list[int]] = defaultdict(list)
    for day in known:
        by_weekday[day.weekday()].append(counts.get(day, 0))
    averages = {weekday: mean(found) for weekday, found in by_weekday.items()}
    return Forecast(averages, weeks, _swing(by_weekday.values()), _week_swing(counts, known))


def _swing(groups: Iterable[Sequence[int]]) -> float:
    """How many times more the counts differ than chance alone would make them; never less than once."""
    found = [group for group in groups if sum(group)]
    chance = sum(mean(group) for group in found)
    return max(1.0, sum(variance(group) for group in found) / chance) if chance else 1.0


def _week_swing(counts: Mapping[date, int], days: Sequence[date]) -> float:
    weeks = [sum(counts.get(day, 0) for day in days[n : n + 7]) for n in range(0, len(days), 7)]
    return _swing([weeks])


def _expected(number: float, swing: float, weeks: int) -> Expected:
    """The average itself is known from so many weeks only: it may be off as well."""
    off = _WITHIN * sqrt(number * swing * (1 + 1 / weeks))
    return Expected(number, max(0, floor(number - off)), ceil(number + off))
