"""How settings are written in a box and read back: days, hours, lists of numbers, lines."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from navigator.catalogue.business_hours import WEEKDAYS
from navigator.dates_in_words import day as spoken_day

DAY_NAMES = dict(
    zip(
        WEEKDAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%A %d %B %Y")
_HOURS = re.compile(
    r"(\d{1,2})(?:[:.](\d\d))?\s*(am|pm)?\s*(?:-|–|to|until)\s*(\d{1,2})(?:[:.](\d\d))?\s*(am|pm)?"
)


def days(given: Any) -> Any:
    """Dates, one a line, as people write them."""
    return [_date(line) for line in lines(given)] if isinstance(given, Sequence) else given


def _date(line: Any) -> Any:
    if not isinstance(line, str):
        return line
    for style in _DATES:
        try:
            return datetime.strptime(line.removesuffix("."), style).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    raise ValueError(f"“{line}” is not a date. Write one a line, like 24 December 2026")


def lines(given: Any) -> Any:
    """What stands on each line that is not empty."""
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, Sequence):
        return given
    parts = [part for one in given for part in (one.splitlines() if isinstance(one, str) else [one])]
    return [part.strip() if isinstance(part, str) else part for part in parts if part not in ("", None)]


def numbers(given: Any) -> Any:
    """Numbers with commas between them."""
    return [part for one in lines(given) for part in _split(one)] if isinstance(given, Sequence) else given


def _split(one: Any) -> Sequence[Any]:
    return re.split(r"[,\s]+", one.strip(", ")) if isinstance(one, str) else [one]


def not_empty(given: Any) -> Any:
    """The entries of a mapping in which anything was typed."""
    return {name: one for name, one in given.items() if one} if isinstance(given, Mapping) else given


def hours(given: Any) -> Any:
    """Opening hours of a day, like "09:00 to 17:00"."""
    if not isinstance(given, str):
        return given
    found = _HOURS.fullmatch(given.strip().lower())
    try:
        return [_wall(*found.groups()[:3]), _wall(*found.groups()[3:])] if found else _not_hours()
    except ValueError:
        return _not_hours()


def _wall(hour: str, minute: str | None, half: str | None) -> str:
    hours = int(hour) % 12 + (12 if half == "pm" else 0) if half else int(hour)
    return time(hours, int(minute or 0)).isoformat("minutes")


def _not_hours() -> list[str]:
    raise ValueError("Write the hours like 09:00 to 17:00. Leave the box empty if you are closed.")


def spelt_days(given: Sequence[date]) -> str:
    """Dates for a box, one a line."""
    return "\n".join(f"{one.day} {one:%B %Y}" for one in given)


def spelt_numbers(given: Sequence[float]) -> str:
    """Numbers for a box, with commas between them."""
    return ", ".join(f"{one:g}" for one in given)


def spelt_hours(given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Opening hours for seven boxes."""
    return {name: " to ".join(given.get(name, ())) for name in WEEKDAYS}


def in_words(value: Any) -> str:
    """What stands in a box as people read it in a list of changes; nothing is said as a dash."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return spoken_day(value)
    if isinstance(value, Mapping):
        named = (f"{DAY_NAMES.get(name, name)}: {in_words(one)}" for name, one in value.items() if one)
        return "\n".join(named) or "–"
    if isinstance(value, list | tuple):
        return "\n".join(in_words(one) for one in value) or "–"
    return "–" if value in (None, "") else str(value)
