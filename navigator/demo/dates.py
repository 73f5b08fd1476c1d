"""The days of the story, told from today: the Tuesday of an update, the day of a training, and others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from navigator import clock
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.service import WEEKDAYS, Division

_A_DAY = timedelta(days=1)
_SAID = re.compile(r"(today|update|training)([+-]\d+)? (\d\d:\d\d)")
_TUESDAY = 1


@dataclass(frozen=True)
class Dates:
    """When what happens, seen from one moment; days are those of a service that is open all week."""

    now: datetime
    length: int

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """Nine to five, Monday to Friday."""
        return WorkingCalendar.from_settings(WEEKDAYS, Division.ENGLAND_AND_WALES)

    @property
    def today(self) -> date:
        """The last day of the story."""
        return clock.local(self.now).date()

    @property
    def days(self) -> list[date]:
        """All days of the story."""
        return [self.today - n * _A_DAY for n in reversed(range(self.length))]

    @property
    def start_at(self) -> datetime:
        """Early on the first day, before anything happens."""
        return at(self.days[0], time(6))

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

    def moment(self, said: str) -> datetime:
        """The moment of words like "today-62 10:30"; ValueError for others."""
        match = _SAID.fullmatch(said)
        if match is None:
            raise ValueError(f"{said!r} is no moment of the story.")
        name, by, wall = match.groups()
        far = self._away if name == "today" else self._working_days_from
        return at(far(getattr(self, name), int(by or 0)), time.fromisoformat(wall))

    def _away(self, day: date, by: int) -> date:
        """So many days away, or the next working day in that direction."""
        return self._at_work(day + by * _A_DAY, _A_DAY if by > 0 else -_A_DAY)

    def _working_days_from(self, day: date, by: int) -> date:
        step = _A_DAY if by > 0 else -_A_DAY
        for _ in range(abs(by)):
            day = self._at_work(day + step, step)
        return day

    def _at_work(self, day: date, step: timedelta) -> date:
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


def at(day: date, wall: time) -> datetime:
    """The moment at which a clock on a wall in London shows that time."""
    return datetime.combine(day, wall, clock.LONDON).astimezone(UTC)
