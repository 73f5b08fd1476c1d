"""Load and forecast: recounted by plain SQL, and a range that holds what it says."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from navigator import clock
from navigator.insight.forecast import forecast_from
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.tables import managers_report
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions import calls
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import CallInput
from tests.navigator.insight.story import keep_all
from tests.navigator.insight.test_waits import as_moment
from tests.navigator.tickets.report_factory import tell
from tests.people import People

MONDAY = date(2026, 6, 8)


def _moments(session: Session, people: People) -> list[datetime]:
    query = f"SELECT reported_at FROM ticket WHERE status <> 'merged' AND service_id = {people.north}"  # noqa: S608
    return [clock.local(as_moment(value)) for (value,) in session.execute(text(query))]


@pytest.mark.parametrize("is_kept", [False, True])
def test_hours_and_weeks_are_those_of_plain_sql(
    session: Session, people: People, is_kept: bool, lived: None
) -> None:
    if is_kept:
        keep_all(session)
    report = managers_report(session, people.mo, PeriodFilter())
    moments = _moments(session, people)
    in_period = [at for at in moments if date(2026, 5, 13) <= at.date() <= date(2026, 6, 9)]
    by_hour = Counter((at.hour, at.weekday()) for at in in_period)
    rows = report.table("busy_hours").rows
    for row in rows:
        hour = int(row.label[:2])
        wanted = [by_hour[hour, day] for day in range(7)]
        assert [cell.count for cell in row.cells] == [*wanted, sum(wanted)]
    assert sum(row.cells[-1].count for row in rows) == len(in_period) > 15
    weeks = report.table("load").rows
    assert len(weeks) == 12
    last = Counter(at.date() for at in moments if at.date() >= date(2026, 6, 3))
    assert [cell.count for cell in weeks[-1].cells] == [sum(last.values()), max(last.values())]
    assert sum(row.cells[0].count for row in weeks) == len(moments)


def _past(session: Session, weeks: int = 5) -> None:
    """Two reports every working day, three on Mondays, up to Sunday 7 June."""
    for n in range(7 * weeks, 0, -1):
        day = MONDAY - timedelta(days=n)
        for minute in range((3 if day.weekday() == 0 else 2) if day.weekday() < 5 else 0):
            clock.set_to(datetime(day.year, day.month, day.day, 10, minute, tzinfo=clock.LONDON))
            tell(session)
    clock.set_to(datetime(2026, 6, 8, 10, tzinfo=clock.LONDON))
    session.flush()


def test_the_next_weeks_are_like_the_weekdays_before(session: Session, people: People) -> None:
    _past(session)
    table = managers_report(session, people.mo, PeriodFilter()).table("forecast_ahead")
    rows = {row.label: [cell.exact for cell in row.cells] for row in table.rows}
    assert rows["9 June to 15 June"][0] == "11"
    assert rows["Monday 15 June"][0] == "3"
    assert rows["Saturday 13 June"][:2] == ["0", "0 to 0"]
    assert rows["9 June to 15 June"][2] == "not known"
    assert "Minutes of 0 calls were noted" in table.help_text


def test_minutes_of_a_forecast_are_those_noted_for_each_report(session: Session, people: People) -> None:
    _past(session)
    numbers = session.execute(text("SELECT number FROM ticket ORDER BY number")).scalars().all()
    for number in numbers[-20:]:
        calls.call(session, people.amina, number, CallInput(came=CallOutcome.NO_ANSWER, minutes=11))
    report = managers_report(session, people.mo, PeriodFilter())
    each = 20 * 11 / len(numbers)
    week = report.table("forecast_ahead").rows[0]
    assert week.cells[2].exact == f"{round(11 * each)} min"
    spent = session.execute(text("SELECT sum(minutes) FROM phonecall")).scalar_one()
    assert report.table("minutes").rows[0].cells[0].exact == f"{spent // 60} h {spent % 60} min"


def test_nothing_is_forecast_from_three_weeks(session: Session, people: People) -> None:
    _past(session, weeks=3)
    table = managers_report(session, people.mo, PeriodFilter()).table("forecast_ahead")
    assert table.rows == ()
    assert "no forecast before reports of 4 whole weeks" in table.help_text


def test_hours_are_without_days_away_and_closed_days(session: Session, people: People) -> None:
    _past(session)
    membership = session.exec(
        select(Membership).where(Membership.role == Role.NAVIGATOR, Membership.service_id == people.north)
    ).all()
    for one in membership:
        one.hours = 10.0
        user = session.get_one(User, one.user_id)
        user.away_from_on, user.away_until_on = date(2026, 6, 10), date(2026, 6, 11)
    session.flush()
    rows = managers_report(session, people.mo, PeriodFilter()).table("forecast_ahead").rows
    hours = {row.label: row.cells[3].exact for row in rows}
    total = 2 * len(membership)
    assert hours["Tuesday 9 June"] == f"{total:.1f} h"
    assert hours["Wednesday 10 June"] == hours["Saturday 13 June"] == "0.0 h"
    assert hours["9 June to 15 June"] == f"{3 * total:.1f} h"


def test_no_navigator_on_busy_days_needs_a_decision(session: Session, people: People) -> None:
    _past(session)
    for user in session.exec(select(User)).all():
        user.away_from_on, user.away_until_on = date(2026, 6, 9), date(2026, 6, 12)
    session.flush()
    found = managers_report(session, people.mo, PeriodFilter()).findings
    said = [one for one in found if one.section == "forecast_ahead"]
    assert [one.sentence for one in said] == [
        "No navigator is there on 9 June and 10 June and 2 more days, when about 8 reports are expected."
    ]
    assert "about 10 reports" in said[0].shared


@pytest.mark.parametrize("swing", [1, 3])
def test_eight_of_ten_days_and_weeks_lie_within_the_range(swing: int) -> None:
    """Over years that are simulated: by chance alone, and with three times its swing."""
    random, days, weeks = Random(7), [0, 0], [0, 0]  # noqa: S311 - a simulation
    dates = [MONDAY + timedelta(days=n) for n in range(-7 * 150, 0)]
    counts = {day: _draw(random, 20 if day.weekday() < 5 else 4, swing) for day in dates}
    for start in range(56, len(dates) - 7, 7):
        forecast = forecast_from(counts, dates[start - 56 : start])
        assert forecast
        ahead = dates[start : start + 7]
        for day in ahead:
            expected = forecast.day(day)
            days[expected.least <= counts[day] <= expected.most] += 1
        together = forecast.days(ahead)
        weeks[together.least <= sum(counts[day] for day in ahead) <= together.most] += 1
    assert 0.75 <= days[1] / sum(days) <= 0.95, days
    assert 0.7 <= weeks[1] / sum(weeks) <= 0.97, weeks


def _draw(random: Random, mean: float, swing: int) -> int:
    """A count by chance about a mean that itself swings, so that its variance is `swing` times its mean."""
    rate = mean if swing == 1 else random.gammavariate(mean / (swing - 1), swing - 1)
    count, left = 0, random.expovariate(1)
    while left < rate:
        count, left = count + 1, left + random.expovariate(1)
    return count


def test_saved_minutes_and_cost_are_recounted(session: Session, people: People, lived: None) -> None:
    _past(session)
    clock.set_to(datetime(2026, 6, 9, 10, tzinfo=clock.LONDON))
    numbers = session.execute(text("SELECT number FROM ticket ORDER BY number")).scalars().all()
    for number in numbers[-20:]:
        calls.call(session, people.amina, number, CallInput(came=CallOutcome.NO_ANSWER, minutes=30))
    of_north = {"id": people.north}
    priced = "UPDATE service SET minute_pence = 50, minute_cost_owner = 'Mo Ali' WHERE id = :id"
    session.execute(text(priced), of_north)
    session.expire_all()
    rows: dict[str, Any] = {
        row.label: row for row in managers_report(session, people.mo, PeriodFilter()).table("minutes").rows
    }
    spent = session.execute(
        text(
            "SELECT sum(minutes) FROM phonecall JOIN ticket ON ticket_number = number WHERE service_id = :id"
        ),
        {"id": people.north},
    ).scalar_one()
    assert rows["Minutes on the phone"].cells[0].exact == f"{spent // 60} h {spent % 60} min"
    assert next(row for label, row in rows.items() if label.startswith("Cost at")).cells[0].exact == (
        f"£{spent * 0.5:,.2f}"
    )
    solved = session.execute(text("SELECT count(*) FROM solvedwithout")).scalar_one()
    assert rows["Solved without a ticket"].cells[0].count == solved == 1
    counted = "SELECT count(*) FROM ticket WHERE status <> 'merged' AND service_id = :id"
    reported = session.execute(text(counted), of_north).scalar_one()
    assert rows["Minutes saved, at least"].cells[0].exact == f"{round(spent / reported)} min"
