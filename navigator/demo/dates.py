"""Dates of the story, relative to today: the Tuesday of an update, the day of a training, and others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.service import WEEKDAYS, Division
from navigator.clock import local, london_time

_A_DAY = timedelta(days=1)
_MOMENT = re.compile(r"(today|update|training)([+-]\d+)? (\d\d:\d\d)")
_TUESDAY = 1


@dataclass(frozen=True)
class Dates:
    """The dates of the story, seen from one moment; working days are those of an ordinary week."""

    now: datetime
    length: int

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """Nine to five, Monday to Friday."""
        return WorkingCalendar.from_settings(WEEKDAYS, Division.ENGLAND_AND_WALES)

    @property
    def today(self) -> date:
        """The last day of the story."""
        return local(self.now).date()

    @property
    def days(self) -> list[date]:
        """All days of the story."""
        return [self.today - n * _A_DAY for n in reversed(range(self.length))]

    @property
    def start_at(self) -> datetime:
        """Early on the first day, before anything happens."""
        return london_time(self.days[0], time(6))

    @cached_property
    def update(self) -> date:
        """The last Tuesday over a week ago with three working days after it: an update breaks something."""
        day = self.today - 9 * _A_DAY
        while (
            day.weekday() != _TUESDAY
            or self.calendar.working_days_between(day - _A_DAY, day + 3 * _A_DAY) < 4
        ):
            day -= _A_DAY
        return day

    @cached_property
    def training(self) -> date:
        """The last working day before the four weeks that a manager sees first."""
        return self.calendar.previous_working_day(self.today - 27 * _A_DAY)

    def moment(self, text: str) -> datetime:
        """Parse a moment like "today-62 10:30"; ValueError for others."""
        match = _MOMENT.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no moment of the story.")
        name, offset, clock_time = match.groups()
        shift = self._day_away if name == "today" else self._working_days_from
        return london_time(shift(getattr(self, name), int(offset or 0)), time.fromisoformat(clock_time))

    def _day_away(self, day: date, offset: int) -> date:
        """So many days away, or the next working day in that direction."""
        return self._next_working_day(day + offset * _A_DAY, _A_DAY if offset > 0 else -_A_DAY)

    def _working_days_from(self, day: date, offset: int) -> date:
        step = _A_DAY if offset > 0 else -_A_DAY
        for _ in range(abs(offset)):
            day = self._next_working_day(day + step, step)
        return day

    def _next_working_day(self, day: date, step: timedelta) -> date:
        while not self.calendar.is_working_day(day):
            day += step
        return day

    def working_days(self) -> Iterator[date]:
        """The days on which somebody is at work."""
        return (day for day in self.days if self.calendar.is_working_day(day))

    def working_minutes_before(self, minutes: int) -> datetime:
        """The moment since which so many working minutes have passed."""
        moment = self.now
        while self.calendar.minutes_between(moment, self.now) < minutes:
            moment -= timedelta(minutes=1)
        return moment
