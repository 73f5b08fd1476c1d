"""Parse and format form fields of settings: dates, opening hours, lists of numbers, lines."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from navigator.catalogue.business_hours import WEEKDAYS
from navigator.dates_in_words import day as spoken_day
from navigator.people.user import ROLE_WORDS, Role

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


def parse_days(value: Any) -> Any:
    """Parse dates, one a line, as people write them."""
    return [_parse_date(line) for line in parse_lines(value)] if isinstance(value, Sequence) else value


def _parse_date(line: Any) -> Any:
    if not isinstance(line, str):
        return line
    for style in _DATES:
        try:
            return datetime.strptime(line.removesuffix("."), style).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    raise ValueError(f"“{line}” is not a date. Write one a line, like 24 December 2026")


def parse_lines(value: Any) -> Any:
    """Split text into lines that are not empty."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, Sequence):
        return value
    lines = [line for item in value for line in (item.splitlines() if isinstance(item, str) else [item])]
    return [line.strip() if isinstance(line, str) else line for line in lines if line not in ("", None)]


def in_order(values: list[Any]) -> list[Any]:
    """A list that has no order of its own, always in the same one and each value once."""
    return sorted(set(values))


def parse_numbers(value: Any) -> Any:
    """Split text into numbers with commas between them."""
    if not isinstance(value, Sequence):
        return value
    return [number for line in parse_lines(value) for number in _split(line)]


def _split(line: Any) -> Sequence[Any]:
    return re.split(r"[,\s]+", line.strip(", ")) if isinstance(line, str) else [line]


def drop_empty(value: Any) -> Any:
    """Drop the entries of a mapping in which nothing was typed."""
    return {name: item for name, item in value.items() if item} if isinstance(value, Mapping) else value


def parse_hours(value: Any) -> Any:
    """Parse opening hours of a day, like "09:00 to 17:00"."""
    if not isinstance(value, str):
        return value
    match = _HOURS.fullmatch(value.strip().lower())
    try:
        return [_iso_time(*match.groups()[:3]), _iso_time(*match.groups()[3:])] if match else _refuse_hours()
    except ValueError:
        return _refuse_hours()


def _iso_time(hour: str, minute: str | None, meridiem: str | None) -> str:
    hours = int(hour) % 12 + (12 if meridiem == "pm" else 0) if meridiem else int(hour)
    return time(hours, int(minute or 0)).isoformat("minutes")


def _refuse_hours() -> list[str]:
    raise ValueError("Write the hours like 09:00 to 17:00. Leave the box empty if you are closed.")


def format_days(days: Sequence[date]) -> str:
    """Format dates for a form field, one a line."""
    return "\n".join(f"{day.day} {day:%B %Y}" for day in days)


def format_numbers(numbers: Sequence[float]) -> str:
    """Format numbers for a form field, with commas between them."""
    return ", ".join(f"{number:g}" for number in numbers)


def format_hours(hours: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Format opening hours for seven form fields."""
    return {name: " to ".join(hours.get(name, ())) for name in WEEKDAYS}


def to_text(value: Any) -> str:
    """A field's value as text for a list of changes; an empty one is a dash."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return spoken_day(value)
    if isinstance(value, Role):
        return ROLE_WORDS.get(value, value)
    if isinstance(value, Mapping):
        lines = (f"{DAY_NAMES.get(name, name)}: {to_text(item)}" for name, item in value.items() if item)
        return "\n".join(lines) or "–"
    if isinstance(value, list | tuple):
        return "\n".join(to_text(item) for item in value) or "–"
    return "–" if value in (None, "") else str(value)


def slug(words: str, separator: str = "-") -> str:
    """A slug of words: "Stress & Sleep" becomes "stress-sleep"."""
    return separator.join(re.findall(r"[a-z0-9]+", words.lower()))[:40].strip(separator)
