"""Business hours: a service's opening hours, bank holidays and closures, and SLA sums in working minutes.

Datetimes go in and come out aware, in UTC; hours and days are those of a wall clock in London.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from navigator.catalogue.bank_holidays import bank_holidays, holidays_known_until, is_bank_holiday
from navigator.clock import local, london_time

__all__ = ["WEEKDAYS", "WorkingCalendar", "bank_holidays", "holidays_known_until"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_NOTHING = timedelta()

Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class WorkingCalendar:
    """Business hours of one service; it works on the bank holidays `open_days`, and not on `closed_days`."""

    hours: tuple[tuple[time, time] | None, ...]
    division: str
    closed_days: frozenset[date] = frozenset()
    open_days: frozenset[date] = frozenset()
    _windows: dict[date, Window | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.hours) != len(WEEKDAYS) or not any(self.hours):
            raise ValueError("Opening hours need seven days, Monday first, and at least one of them open.")
        if any(hours and hours[0] >= hours[1] for hours in self.hours):
            raise ValueError("Opening hours must end after they begin, on the same day.")
        bank_holidays(self.division)

    @classmethod
    def from_settings(
        cls,
        hours: Mapping[str, Sequence[str] | None],
        division: str,
        closed_days: Sequence[str] = (),
        open_days: Sequence[str] = (),
    ) -> "WorkingCalendar":
        """A calendar from `{"mon": ["09:00", "17:00"]}` and ISO dates; a day not named is closed."""
        if unknown := set(hours) - set(WEEKDAYS):
            raise ValueError(f"Opening hours name no such day: {', '.join(sorted(unknown))}.")
        return cls(
            tuple(_parse_hours(hours.get(day)) for day in WEEKDAYS),
            division,
            frozenset(map(date.fromisoformat, closed_days)),
            frozenset(map(date.fromisoformat, open_days)),
        )

    @property
    def day_minutes(self) -> int:
        """The length of the longest working day, in minutes."""
        return max(_minutes(hours) for hours in self.hours if hours)

    def is_working_day(self, day: date) -> bool:
        """Whether the service is open at all on a day."""
        if self.hours[day.weekday()] is None or day in self.closed_days:
            return False
        return day in self.open_days or not is_bank_holiday(day, self.division)

    def add(self, start: datetime, minutes: int) -> datetime:
        """When so many working minutes will have passed; after no minutes, the next opening."""
        if minutes < 0:
            raise ValueError("Working time cannot be added backwards.")
        remaining = minutes * _MINUTE
        for opens_at, closes_at in self._windows_from(start):
            begins_at = max(start, opens_at)
            if remaining <= closes_at - begins_at:
                return begins_at + remaining
            remaining -= closes_at - begins_at
        raise AssertionError("unreachable: the days do not end")

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from start to end; negative when the end is the earlier."""
        if end < start:
            return -self.minutes_between(end, start)
        passed = _NOTHING
        for opens_at, closes_at in self._windows_from(start):
            if opens_at >= end:
                break
            passed += min(end, closes_at) - max(start, opens_at)
        return passed // _MINUTE

    def next_opening(self, at: datetime) -> datetime:
        """The moment itself while the service is open, else when it opens next."""
        return self.add(at, 0)

    def opening_from(self, day: date) -> datetime:
        """When the service opens on a day, or on the first working day after it."""
        return next(self._windows_from(london_time(day, time.min)))[0]

    def previous_working_day(self, day: date) -> date:
        """The last working day before a day."""
        day -= _DAY
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def working_day_after(self, day: date, days: int) -> date:
        """The last of so many working days after a day; after none, the day itself."""
        for _ in range(days):
            day += _DAY
            while not self.is_working_day(day):
                day += _DAY
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days come after the start, up to and including the end."""
        return sum(self.is_working_day(start + n * _DAY) for n in range(1, (end - start).days + 1))

    def open_on(self, day: date) -> Window | None:
        """When the service opens and closes on a day, in UTC, or None; worked out once."""
        if day not in self._windows:
            hours = self.hours[day.weekday()] if self.is_working_day(day) else None
            self._windows[day] = hours and (london_time(day, hours[0]), london_time(day, hours[1]))
        return self._windows[day]

    def _windows_from(self, at: datetime) -> Iterator[Window]:
        """The openings that are not over at a moment, one after the other, without end."""
        day = local(at).date()
        while True:
            window = self.open_on(day)
            if window and at < window[1]:
                yield window
            day += _DAY


def _parse_hours(times: Sequence[str] | None) -> tuple[time, time] | None:
    if not times:
        return None
    opens, closes = map(time.fromisoformat, times)
    return opens, closes


def _minutes(hours: tuple[time, time]) -> int:
    opens, closes = (hour.hour * 60 + hour.minute for hour in hours)
    return closes - opens
