"""Dates as people type them: three boxes, a month by name, a year of two digits or none, all in one box."""

import re
from datetime import date

from navigator import clock

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEARS_TO_LEAP = 8
"""A 29 February comes again within so many years."""


def iso_date(day: str, month: str, year: str, is_coming: bool = False) -> str:
    """A date in ISO's form, or what will not do as one; `is_coming`: without a year, the next such day."""
    if not (month or year):
        day, month, year, *_ = (*re.split(r"[\s,/.-]+", day), "", "")
    if not (day or month or year):
        return ""
    day = re.sub(r"(?<=\d)(st|nd|rd|th)$", "", day.lower())
    month = str(_MONTHS.index(month[:3].lower()) + 1) if month[:3].lower() in _MONTHS else month
    if not year and is_coming:
        year = _next_year_of(day, month)
    return f"{'20' + year if len(year) == 2 else year}-{month:0>2}-{day:0>2}"


def _next_year_of(day: str, month: str) -> str:
    today = clock.today()
    for year in range(today.year, today.year + _YEARS_TO_LEAP + 1):
        try:
            on = date(year, int(month), int(day))
        except (ValueError, OverflowError):  # the latter of a number with too many digits
            continue
        if on >= today:
            return str(year)
    return ""
