"""Bank holidays by division, from the list that ships with a package: nothing is fetched."""

import logging
from datetime import date
from functools import cache

_log = logging.getLogger(__name__)


def is_bank_holiday(day: date, division: str) -> bool:
    """Whether a day is a bank holiday; a day later than the list counts as none, and the log says so."""
    if day > holidays_known_until():
        _log_unknown_year(day.year)
    return day in bank_holidays(division)


@cache
def bank_holidays(division: str) -> frozenset[date]:
    """The bank holidays of one division, as GOV.UK lists them; ValueError for an unknown division."""
    holidays = _holidays_by_division()
    if division not in holidays:
        raise ValueError(f"No bank holidays are known for {division!r}: choose one of {', '.join(holidays)}.")
    return holidays[division]


@cache
def holidays_known_until() -> date:
    """The last day for which bank holidays are known: the end of the last year in the list."""
    return date(min(max(days) for days in _holidays_by_division().values()).year, 12, 31)


@cache
def _holidays_by_division() -> dict[str, frozenset[date]]:
    # Imported late: the package drags in an HTTP client that nothing here uses.
    from govuk_bank_holidays.bank_holidays import BankHolidays  # type: ignore[import-untyped]

    calendar = BankHolidays(use_cached_holidays=True)
    return {
        division: frozenset(holiday["date"] for holiday in calendar.get_holidays(division))
        for division in BankHolidays.ALL_DIVISIONS
    }


@cache
def _log_unknown_year(year: int) -> None:
    # A desk that stopped at the end of the list would be worse than a deadline one bank holiday too early.
    _log.error(
        "Bank holidays are known until %s only: update govuk-bank-holidays (asked for %s)",
        holidays_known_until(),
        year,
    )
