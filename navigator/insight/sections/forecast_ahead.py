"""The next two weeks: how many reports may come, the minutes they may take, and who is there."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlmodel import Session

from navigator import clock
from navigator.insight.arrivals import reports_by_day
from navigator.insight.figures import last_weeks
from navigator.insight.finding import Comparison, Finding
from navigator.insight.forecast import MIN_WEEKS, Expected, Forecast, forecast_from
from navigator.insight.phone_minutes import MIN_KNOWN, in_period, minutes_a_report, phone_time
from navigator.insight.queries import ReportScope, once
from navigator.insight.rows import period_in_words
from navigator.insight.staffing import HoursOn, hours_on
from navigator.insight.table import Cell, Row, Table, count_cell, minutes_cell, text_cell
from navigator.small_numbers import MIN_COUNT, rounded
from navigator.tickets.metrics import Period

DAYS_AHEAD = 14
_RANGE = "Between, 8 times of 10"


class _Ahead(NamedTuple):
    """What is known of the days to come."""

    forecast: Forecast
    minutes: float | None
    hours: HoursOn


def table(session: Session, scope: ReportScope) -> Table:
    """Two weeks, and each of their days."""
    ahead = _ahead(session, scope)
    return Table(
        name="forecast_ahead",
        title="The next two weeks",
        help_text=_help_text(session, scope, ahead),
        columns=("Days", "Reports expected", _RANGE, "Minutes on the phone", "Navigators’ hours"),
        rows=tuple(_rows(ahead)) if ahead else (),
        headline=_headline(ahead) if ahead else None,
    )


def _headline(ahead: _Ahead) -> Row:
    week = _days()[:7]
    expected = ahead.forecast.days(week)
    words = f"reports expected from {period_in_words(Period(week[0], week[-1]))}"
    return Row(words, "", (count_cell(round(expected.number)),))


def findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    """That on working days to come reports are expected and no navigator is there."""
    ahead = _ahead(session, scope)
    alone = [day for day in _days() if ahead and day.weekday() < 5 and not ahead.hours(day)]
    if ahead and alone and (number := round(ahead.forecast.days(alone).number)) >= MIN_COUNT:
        when = " and ".join(map(period_in_words, map(_whole, alone[:2]))) + (
            f" and {len(alone) - 2} more days" if len(alone) > 2 else ""
        )
        sentence = "No navigator is there on {}, when about {} reports are expected."
        yield Finding(
            sentence=sentence.format(when, number),
            shared=sentence.format(when, rounded(number)),
            advice="Ask who covers, or say when you are closed.",
            href="/workload",
            link_text="Who is there",
            count=number,
            section="forecast_ahead",
            compared=Comparison(
                ("hours of navigators", "reports expected"), (0, number), (0, rounded(number))
            ),
        )


@once
def _ahead(session: Session, scope: ReportScope) -> _Ahead | None:
    forecast = forecast_from(reports_by_day(session, scope), last_weeks().dates)
    minutes = minutes_a_report(session, scope)
    return None if forecast is None else _Ahead(forecast, minutes, hours_on(session, scope))


def _days() -> list[date]:
    return [clock.today() + timedelta(days=n) for n in range(1, DAYS_AHEAD + 1)]


def _whole(day: date) -> Period:
    return Period(day, day)


def _help_text(session: Session, scope: ReportScope, ahead: _Ahead | None) -> str:
    if ahead is None:
        return f"There is no forecast before reports of {MIN_WEEKS} whole weeks are known."
    weeks = f"From the last {ahead.forecast.weeks} weeks, by weekday."
    times = phone_time(session, scope)
    noted = sum(in_period(times, n).noted for n in range(len(scope.periods)))
    known = f"Minutes of {noted:,} calls were noted in the three periods"
    if ahead.minutes is None:
        return f"{weeks} {known}: fewer than {MIN_KNOWN} tell nothing of the work to come."
    return (
        f"{weeks} {known}; reading and writing are not in them, so the work is more than that. Hours are"
        " those that the desk knows: of each navigator a week, without days away and closed days."
    )


def _rows(ahead: _Ahead) -> Iterator[Row]:
    days = _days()
    for week in (days[:7], days[7:]):
        words = period_in_words(Period(week[0], week[-1]))
        yield Row(words, "The week together", _cells(ahead, ahead.forecast.days(week), week))
    for day in days:
        yield Row(
            f"{day:%A} {period_in_words(_whole(day))}", "", _cells(ahead, ahead.forecast.day(day), [day])
        )


def _cells(ahead: _Ahead, expected: Expected, days: Sequence[date]) -> tuple[Cell, ...]:
    number = round(expected.number)
    hours = sum(map(ahead.hours, days))
    each = ahead.minutes
    minutes = text_cell("not known") if each is None else minutes_cell(round(expected.number * each), number)
    return (count_cell(number), _range_cell(expected), minutes, text_cell(f"{hours:.1f} h"))


def _range_cell(expected: Expected) -> Cell:
    least, most = rounded(expected.least), rounded(expected.most)
    shared = "fewer than 5" if most is None else f"{'0' if least is None else least:} to {most:,}"
    return Cell(f"{expected.least:,} to {expected.most:,}", shared)
