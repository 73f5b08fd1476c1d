"""How dates, times, numbers and text are written on pages: filters for templates."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from navigator import clock


def day(on: date) -> str:
    """A date in words, with the year when it is not this one: "Tuesday 7 April"."""
    local = clock.local(on).date() if isinstance(on, datetime) else on
    words = f"{local:%A} {local.day} {local:%B}"
    return words if local.year == clock.today().year else f"{words} {local.year}"


def time(at: datetime) -> str:
    """A time of day in London: "9am", "4:30pm", "midday"."""
    local = clock.local(at)
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "midday" if local.hour else "midnight"
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def when(at: datetime) -> str:
    """A moment in words: "9am on Tuesday 7 April"."""
    return f"{time(at)} on {day(at)}"


def short(at: datetime) -> str:
    """A moment for dense tables: "7 Apr, 16:30", with the year when it is not this one."""
    local = clock.local(at)
    year = "" if local.year == clock.today().year else f" {local.year}"
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"


def iso(at: datetime) -> str:
    """A moment for the `datetime` attribute."""
    return at.isoformat(timespec="seconds")


def paragraphs(text: str) -> Markup:
    """Text as it was typed: an empty line ends a paragraph, a line break stays one."""
    parts = [part for part in text.split("\n\n") if part.strip()]
    lines = (Markup("<br>").join(escape(line) for line in part.strip("\n").split("\n")) for part in parts)
    return Markup("").join(Markup("<p>{}</p>").format(one) for one in lines)


def plural(count: int, one: str, many: str = "") -> str:
    """A number and its noun: "1 ticket", "2 tickets"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def words(code: str) -> str:
    """A code as words: "waiting_for_supplier" becomes "waiting for supplier"."""
    return str(code).replace("_", " ").replace("-", " ")


def dialled(number: str) -> str:
    """A phone number as a `tel:` address takes it."""
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")


FILTERS: dict[str, Callable[..., Any]] = {
    filter_.__name__: filter_ for filter_ in (day, time, when, short, iso, paragraphs, plural, words, dialled)
}
