"""Dates, times and opening hours in words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from itertools import groupby

from navigator import clock
from navigator.languages import N_, Language, current
from navigator.languages import gettext as _

_DAYS = {
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
}
_UNITS = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


def day(on: date) -> str:
    """A date in words, with the year when it is not this one: "Tuesday 7 April"."""
    local = clock.local(on).date() if isinstance(on, datetime) else on
    is_this_year = local.year == clock.today().year
    if (language := current()).lang != "en":
        return _babel_day(language, local, "EEEE d MMMM" if is_this_year else "EEEE d MMMM y")
    words = f"{local:%A} {local.day} {local:%B}"
    return words if is_this_year else f"{words} {local.year}"


def _babel_day(language: Language, on: date, pattern: str) -> str:
    from babel.dates import format_date  # pages in English do not wait for it

    return format_date(on, pattern, language.babel)


def short_date(on: date) -> str:
    """A date for dense lists, with the year when it is not this one: "7 Apr"."""
    is_this_year = on.year == clock.today().year
    if (language := current()).lang != "en":
        return _babel_day(language, on, "d MMM" if is_this_year else "d MMM y")
    words = f"{on.day} {on:%b}"
    return words if is_this_year else f"{words} {on.year}"


def time_or_date(at: datetime) -> str:
    """A moment as short as it can be: "9:12" is today, on another day the date."""
    local = clock.local(at)
    return f"{local.hour}:{local.minute:02}" if local.date() == clock.today() else short_date(local)


def time(at: datetime) -> str:
    """A time of day in London: "9am", "4:30pm", "midday"."""
    return _clock_time(clock.local(at).time())


def _clock_time(at: time_of_day) -> str:
    if (language := current()).lang != "en":
        from babel.dates import format_time  # pages in English do not wait for it

        return format_time(at, "short", locale=language.babel)
    if (at.hour, at.minute) in ((0, 0), (12, 0)):
        return "midday" if at.hour else "midnight"
    minutes = f":{at:%M}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def when(at: datetime) -> str:
    """A moment in words: "9am on Tuesday 7 April"."""
    local = clock.local(at)
    return _("{time} on {day}").format(time=_clock_time(local.time()), day=day(local.date()))


def appointment(at: datetime) -> str:
    """A moment short enough for a text message: "Tue 7 Apr, 9am"."""
    local = clock.local(at)
    if (language := current()).lang != "en":
        return f"{_babel_day(language, local, 'EEE d MMM')}, {time(at)}"
    return f"{local:%a} {short_date(local)}, {time(at)}"


def length(lasts: timedelta) -> str:
    """A length of time in words, in the largest unit that it fills: "3 days", "1 hour", "40 seconds"."""
    seconds = round(lasts.total_seconds())
    count, unit = next(
        (seconds // size, unit) for unit, size in _UNITS.items() if seconds >= size or size == 1
    )
    return f"{count} {unit}{'' if count == 1 else 's'}"


def opening_hours(hours: Mapping[str, Sequence[str] | None]) -> str:
    """A week's opening hours in words: "Monday to Thursday 9am to 5pm, Friday 9am to midday"."""
    week = groupby(_DAYS, key=lambda day: tuple(hours.get(day) or ()))
    return ", ".join(f"{_span([*days])} {_from_to(*open)}" for open, days in week if open)


def _span(days: Sequence[str]) -> str:
    first, last = _(_DAYS[days[0]]), _(_DAYS[days[-1]])
    if first == last:
        return first
    words = _("{first} and {last}") if len(days) == 2 else _("{first} to {last}")
    return words.format(first=first, last=last)


def _from_to(opens: str, closes: str) -> str:
    first, last = (_clock_time(time_of_day.fromisoformat(at)) for at in (opens, closes))
    return _("{first} to {last}").format(first=first, last=last)
