"""Rotation of backups: so many days, weeks and months are kept, of each its newest; the rest is let go."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from navigator.clock import local


@dataclass(frozen=True)
class Rotation:
    """How many days, weeks and months back a backup is kept."""

    daily: int
    weekly: int
    monthly: int

    def kept(self, made: Iterable[datetime]) -> set[datetime]:
        """Which of these moments are kept: of each period its newest, and always the newest of all."""
        newest_first = sorted(made, reverse=True)
        kept = set(newest_first[:1])
        for count, period in ((self.daily, _day), (self.weekly, _week), (self.monthly, _month)):
            kept |= _newest_of_each(newest_first, count, period)
        return kept


def _newest_of_each(
    newest_first: list[datetime], count: int, period: Callable[[date], object]
) -> set[datetime]:
    by_period: dict[object, datetime] = {}
    for moment in newest_first:
        by_period.setdefault(period(local(moment).date()), moment)
    return set(list(by_period.values())[:count])


def _day(on: date) -> object:
    return on


def _week(on: date) -> object:
    return on.isocalendar()[:2]


def _month(on: date) -> object:
    return on.year, on.month
