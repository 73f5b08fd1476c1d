"""Spike detection: a scan statistic over the last days of each series of counts, against its own base rate.

A base rate that is known from few reports says little: so what is expected is no Poisson but a negative
binomial distribution, as wide as the base rate is unsure (its posterior) and the service's weeks are uneven
(dispersion). Where the rest of the service has more reports than usual, as after a holiday or while it grows,
more is expected of each series too. The last day may not be over: it is compared with a whole one, so to look
often finds no more than to look once at midnight. `docs/spikes.md` says how the numbers were chosen, and what
they find and miss.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import exp, lgamma, log, log1p
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

MAX_WINDOW = 7
"""Windows of 1 to so many days, which end today, are looked at."""
BASE_DAYS = 56
"""The base rate is of so many days before: eight of each day of the week."""
ALL_DAYS = BASE_DAYS + MAX_WINDOW
MIN_BASE_DAYS = 14
"""A programme that is newer in a service has no base rate yet; similar reports within an hour still count."""
MIN_REPORTS = 5
"""Fewer reports are no spike, however rare: a count under five is not to be shown either."""
MIN_RATIO = 2.0
"""Less than twice the usual is nothing to act on, however sure."""
CHANCE_ALARMS = 0.35 / 30
"""So many chance findings of one window a service and day are shared out among its series. Seven windows,
uneven weeks and growth make of it at most one alarm a month (`docs/spikes.md`)."""
_WINDOW_SHARES = (1.0, 2.0, 1.0, 0.5, 0.5, 0.5, 0.5)
"""How large a part of them windows of 1 to 7 days have: of two days most, as it is to be found within two."""
SHARE_POWER = 1.5
"""Series have their part as their reports to this power: no part would find what is rare within days."""

_PRIOR_REPORTS = 0.5
_PRIOR_DISPERSION, _PRIOR_WEEKS = 1.3, 40
_MAX_DISPERSION = 4.0
_LEVEL_WEIGHT = 100
"""So many reports of the others it takes for half of their rise to be expected of a series: before anything
is seen, a service’s level is known to a tenth."""
_WEEKDAY_SMOOTHING = 2.0
"""So many reports are added to each day of the week, or a service with few would have days without any."""


@dataclass(frozen=True)
class Series:
    """Reports of the last `ALL_DAYS` days, today last.

    Of days in `left_out` somebody has said what was wrong: they tell nothing of what is usual. `floor` is a
    number of reports a day that somebody has called usual. Before day `begins` there could be none.
    """

    counts: Sequence[int]
    left_out: frozenset[int] = frozenset()
    floor: float = 0.0
    begins: int = 0

    def base_days(self) -> Iterator[int]:
        """The days that tell what is usual."""
        return (day for day in range(self.begins, BASE_DAYS) if day not in self.left_out)


@dataclass(frozen=True)
class Spike:
    """How many reports there were in the last `days` days, how many are usual, and how likely that is chance.

    `rate` is how many of them came on an average day of the week. `chance` is beside that of other windows:
    where a window has twice their part of the alarms, half.
    """

    days: int
    count: int
    expected: float
    rate: float
    chance: float


class Family(Generic[Key]):
    """The series of one service: its days of the week and their unevenness are learned from all together."""

    def __init__(self, series: Mapping[Key, Series], last_weekday: int) -> None:
        self.series = series
        self._counted: dict[int, int] = {}
        self._weights = _day_weights(series.values(), last_weekday)
        self._dispersion = _dispersion(series.values(), self._weights)
        self._base = {key: _base(one, self._weights) for key, one in series.items()}
        self._all_parts = sum(reports**SHARE_POWER for reports, _ in self._base.values())
        self._usual = sum(reports / exposure for reports, exposure in self._base.values())

    def __contains__(self, key: object) -> bool:
        return key in self.series

    def alarms(self) -> dict[Key, Spike]:
        """The series that rise beyond chance."""
        found = {key: self.largest(key) for key in self.series}
        return {
            key: spike
            for key, spike in found.items()
            if spike and spike.chance <= CHANCE_ALARMS * self._base[key][0] ** SHARE_POWER / self._all_parts
        }

    def largest(self, key: Key) -> Spike | None:
        """The window of a series that is the least by chance, if any stands out at all."""
        series = self.series[key]
        days = BASE_DAYS - series.begins - sum(day < BASE_DAYS for day in series.left_out)
        if days < MIN_BASE_DAYS or sum(series.counts[-MAX_WINDOW:]) < MIN_REPORTS:
            return None
        windows = (self.spike(key, length) for length in range(1, MAX_WINDOW + 1))
        high = [one for one in windows if one.count >= max(MIN_REPORTS, MIN_RATIO * one.expected)]
        return min(high, key=lambda spike: spike.chance, default=None)

    def spike(self, key: Key, days: int) -> Spike:
        """The last days of a series beside its base rate."""
        series, days = self.series[key], min(days, ALL_DAYS)
        reports, exposure = self._base[key]
        usual = max(reports / exposure, series.floor)
        count, weight = sum(series.counts[-days:]), sum(self._weights[-days:])
        level, unsure = self._level(days, count, reports / exposure * weight)
        expected = usual * weight * level
        variance = expected * self._dispersion + expected**2 * (1 / (usual * exposure) + unsure)
        share = _WINDOW_SHARES[days - 1] if days <= MAX_WINDOW else 1.0
        return Spike(
            days, count, expected, count / weight, min(chance_of(count, expected, variance) / share, 1.0)
        )

    def _level(self, days: int, count: int, usual: float) -> tuple[float, float]:
        """How many times the usual the others have in the last days, at least once, and its variance.

        A gamma posterior: a level is believed as far as there are reports of the others.
        """
        others = self._totals(days) - count
        expected = self._usual * sum(self._weights[-days:]) - usual
        known = _LEVEL_WEIGHT + expected / self._dispersion
        return max(1.0, (_LEVEL_WEIGHT + others / self._dispersion) / known), 1 / known

    def _totals(self, days: int) -> int:
        if days not in self._counted:
            self._counted[days] = sum(sum(one.counts[-days:]) for one in self.series.values())
        return self._counted[days]


def _base(series: Series, weights: Sequence[float]) -> tuple[float, float]:
    """The reports of the days that tell what is usual, and how many average days those are."""
    days = [*series.base_days()]
    reports = sum(series.counts[day] for day in days) + _PRIOR_REPORTS
    return reports, max(sum(weights[day] for day in days), 1.0)


def risen(family: Family[Key], everywhere: Family[Key] | None) -> dict[Key, Spike]:
    """What rises in a service beyond chance, or stands out there and does so in all services together."""
    common = everywhere.alarms() if everywhere else {}
    shared = {key: family.largest(key) for key in common if key in family}
    return {key: spike for key, spike in shared.items() if spike} | family.alarms()


def _day_weights(family: Collection[Series], last_weekday: int) -> list[float]:
    """How many reports each day has beside an average one, by its day of the week."""
    reports, days = [0.0] * 7, [0] * 7
    weekdays = [(last_weekday + 1 + day) % 7 for day in range(ALL_DAYS)]  # they are whole weeks
    for series in family:
        for day in series.base_days():
            reports[weekdays[day]] += series.counts[day]
            days[weekdays[day]] += 1
    mean = sum(reports) / max(sum(days), 1)
    shares = [
        (count + _WEEKDAY_SMOOTHING) / (number * mean + _WEEKDAY_SMOOTHING)
        for count, number in zip(reports, days, strict=True)
    ]
    return [shares[weekday] for weekday in weekdays]


def _dispersion(family: Collection[Series], weights: Sequence[float]) -> float:
    """How uneven weeks are beside those of a Poisson process, which has 1 (Pearson's, over its freedom)."""
    squares, freedom = _PRIOR_DISPERSION * _PRIOR_WEEKS, float(_PRIOR_WEEKS)
    for series in family:
        days = [*series.base_days()]
        if (reports := sum(series.counts[day] for day in days)) < BASE_DAYS // 7:
            continue
        rate = reports / sum(weights[day] for day in days)
        by_week = [[*week] for _, week in groupby(days, key=lambda day: day // 7)]
        means = [rate * sum(weights[day] for day in week) for week in by_week]
        counts = [sum(series.counts[day] for day in week) for week in by_week]
        squares += sum((count - mean) ** 2 / mean for count, mean in zip(counts, means, strict=True))
        freedom += len(by_week) - 1
    return min(max(squares / freedom, 1.01), _MAX_DISPERSION)


def chance_of(count: int, mean: float, variance: float) -> float:
    """The chance of so many reports or more: the upper tail of a negative binomial distribution.

    `scipy.stats.nbinom.sf`, which a test compares it with, would cost the web process 47 MiB (measured).
    """
    size = mean**2 / (variance - mean)
    share = mean / variance
    log_term = (
        lgamma(count + size) - lgamma(size) - lgamma(count + 1) + size * log(share) + count * log1p(-share)
    )
    total = term = exp(log_term)
    while term > total * 1e-9:
        term *= (count + size) / (count + 1) * (1 - share)
        total, count = total + term, count + 1
    return min(total, 1.0)
