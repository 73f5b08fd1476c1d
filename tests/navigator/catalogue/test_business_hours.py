import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from timeit import repeat

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from navigator.catalogue import bank_holidays as holidays
from navigator.catalogue import business_hours
from navigator.catalogue.business_hours import WorkingCalendar, bank_holidays, holidays_known_until
from navigator.catalogue.service import Division
from navigator.clock import LONDON
from tests.cases import each_case

ENGLAND, SCOTLAND, NORTHERN_IRELAND = Division.ENGLAND_AND_WALES, Division.SCOTLAND, Division.NORTHERN_IRELAND
NINE_TO_FIVE = {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
EIGHT_TO_FIVE = {day: ["08:00", "17:00"] for day in NINE_TO_FIVE}
ROUND_THE_CLOCK = {day: ["00:00", "23:59"] for day in business_hours.WEEKDAYS}
PART_TIME = {"mon": ["09:00", "17:00"], "wed": ["12:30", "20:00"], "sat": ["10:00", "13:00"]}


def calendar(division: str = ENGLAND, hours=NINE_TO_FIVE, added=(), removed=()) -> WorkingCalendar:
    return WorkingCalendar.from_settings(hours, division, added, removed)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


CLOSED = ["2026-12-29", "2026-12-30", "2026-12-31"]
VECTORS = {
    "Easter in England": (calendar(), "2026-04-02 16:30", 16, "2026-04-08 16:30"),
    "Easter in Northern Ireland": (calendar(NORTHERN_IRELAND), "2026-04-02 16:30", 16, "2026-04-08 16:30"),
    "Easter in Scotland": (calendar(SCOTLAND), "2026-04-02 16:30", 16, "2026-04-07 16:30"),
    "Christmas": (calendar(), "2026-12-24 15:00", 8, "2026-12-29 15:00"),
    "a local closure": (calendar(added=CLOSED), "2026-12-24 15:00", 8, "2027-01-04 15:00"),
    "summer in England": (calendar(), "2026-07-31 16:00", 8, "2026-08-03 16:00"),
    "summer in Scotland": (calendar(SCOTLAND), "2026-07-31 16:00", 8, "2026-08-04 16:00"),
    "New Year in England": (calendar(), "2026-12-31 16:00", 8, "2027-01-04 16:00"),
    "New Year in Scotland": (calendar(SCOTLAND), "2026-12-31 16:00", 8, "2027-01-05 16:00"),
    "a weekend": (calendar(), "2026-05-30 11:00", 2, "2026-06-01 11:00"),
    "a longer day": (calendar(hours=EIGHT_TO_FIVE), "2026-06-09 16:00", 8, "2026-06-10 15:00"),
    "a bank holiday on which it is open": (
        calendar(removed=["2026-04-06"]),
        "2026-04-02 16:30",
        16,
        "2026-04-07 16:30",
    ),
    "a day exactly": (calendar(), "2026-06-09 09:00", 8, "2026-06-09 17:00"),
    "nothing, while open": (calendar(), "2026-06-09 16:59", 0, "2026-06-09 16:59"),
    "nothing, at closing time": (calendar(), "2026-06-12 17:00", 0, "2026-06-15 09:00"),
    "spring forward": (calendar(), "2026-03-27 16:00", 2, "2026-03-30 10:00"),
    "fall back": (calendar(), "2026-10-23 16:00", 2, "2026-10-26 10:00"),
    "through the short night": (calendar(hours=ROUND_THE_CLOCK), "2026-03-29 00:30", 2, "2026-03-29 03:30"),
    "through the long night": (calendar(hours=ROUND_THE_CLOCK), "2026-10-25 00:30", 2, "2026-10-25 01:30"),
}


@each_case("name", VECTORS)
def test_add_gives_the_known_answers(name):
    desk, start, hours, end = VECTORS[name]
    added = desk.add(london(start), hours * 60)
    # In the long night, 01:30 comes twice; two hours after 00:30 it comes for the second time.
    expected = london(end) if end != "2026-10-25 01:30" else datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert added == expected
    assert added.tzinfo is UTC


@each_case("name", VECTORS)
def test_minutes_between_undoes_add(name):
    desk, start, hours, _ = VECTORS[name]
    end = desk.add(london(start), hours * 60)
    assert desk.minutes_between(london(start), end) == hours * 60
    assert desk.minutes_between(end, london(start)) == -hours * 60


def open_minutes(desk: WorkingCalendar, start: datetime) -> Iterator[datetime]:
    """Another way to the same answer: look at every single minute from the start on."""
    at = start
    while True:
        wall = at.astimezone(LONDON)
        hours = desk.hours[wall.weekday()]
        holiday = wall.date() in bank_holidays(desk.division) and wall.date() not in desk.open_days
        if (
            hours
            and hours[0] <= wall.time() < hours[1]
            and not holiday
            and wall.date() not in desk.closed_days
        ):
            yield at
        at += timedelta(minutes=1)


DESKS = st.sampled_from(
    [
        calendar(),
        calendar(SCOTLAND),
        calendar(hours=PART_TIME, removed=["2026-04-06", "2026-05-04"]),
        calendar(NORTHERN_IRELAND, hours=EIGHT_TO_FIVE, added=["2026-03-30", "2026-10-26"]),
        calendar(hours=ROUND_THE_CLOCK),
    ]
)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.one_of(
    st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes)),
    # both changes of the clocks, Easter and Christmas, more often than chance would have it
    st.sampled_from(["2026-03-28 12:00", "2026-10-24 12:00", "2026-04-02 08:00", "2026-12-23 08:00"]).flatmap(
        lambda near: st.integers(0, 4 * 24 * 60).map(
            lambda minutes: london(near) + minutes * timedelta(minutes=1)
        )
    ),
)
MINUTES = st.integers(0, 80 * 60)


@settings(max_examples=60)
@given(DESKS, MOMENTS, st.integers(1, 24 * 60))
def test_add_agrees_with_looking_at_every_minute(desk, start, minutes):
    start = start.replace(second=0, microsecond=0)
    walk = open_minutes(desk, start)
    last = next(at for n, at in enumerate(walk, 1) if n == minutes)
    assert desk.add(start, minutes) == last + timedelta(minutes=1)


@given(DESKS, MOMENTS, MINUTES)
@example(calendar(), london("2026-03-27 16:59"), 2)
def test_adding_then_counting_comes_back(desk, start, minutes):
    assert desk.minutes_between(start, desk.add(start, minutes)) == minutes


@given(DESKS, MOMENTS, MINUTES, MINUTES)
def test_add_is_monotone_in_minutes_and_in_moments(desk, start, minutes, more):
    assert desk.add(start, minutes) <= desk.add(start, minutes + more)
    assert desk.add(start, minutes) <= desk.add(start + timedelta(minutes=more), minutes)


@given(DESKS, MOMENTS, st.integers(1, 600), st.integers(1, 600))
def test_adding_in_two_steps_is_adding_at_once(desk, start, some, more):
    assert desk.add(desk.add(start, some), more) == desk.add(start, some + more)


@given(DESKS, MOMENTS)
def test_the_next_opening_is_a_moment_of_work(desk, at):
    opening = desk.next_opening(at)
    assert opening >= at
    assert desk.minutes_between(at, opening) == 0
    assert desk.minutes_between(opening, opening + timedelta(minutes=1)) in {
        0,
        1,
    }  # 0 in a day's last seconds
    assert desk.next_opening(opening) == opening


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-04-02 17:00", "2026-04-07 09:00"),
        ("2026-04-02 16:59", "2026-04-02 16:59"),
        ("2026-04-07 03:00", "2026-04-07 09:00"),
    ],
)
def test_the_next_opening_knows_the_real_calendar(at, opens):
    assert calendar().next_opening(london(at)) == london(opens)


def test_working_days():
    desk = calendar(added=["2026-06-10"], removed=["2026-08-31"])
    assert desk.is_working_day(date(2026, 6, 9))
    assert not desk.is_working_day(date(2026, 6, 10))  # closed here
    assert not desk.is_working_day(date(2026, 6, 13))  # Saturday
    assert not desk.is_working_day(date(2026, 12, 28))  # substitute day
    assert desk.is_working_day(date(2026, 8, 31))  # a bank holiday, open here
    assert not calendar(added=["2026-08-31"], removed=["2026-08-31"]).is_working_day(date(2026, 8, 31))


def test_a_scottish_desk_that_closes_on_easter_monday_and_works_in_august():
    desk = calendar(SCOTLAND, added=["2026-04-06"], removed=["2026-08-03"])
    assert desk.add(london("2026-04-02 16:30"), 16 * 60) == london("2026-04-08 16:30")
    assert desk.is_working_day(date(2026, 8, 3))


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-06-10", "2026-06-09"), ("2026-06-08", "2026-06-05"), ("2026-04-07", "2026-04-02")],
)
def test_the_previous_working_day(day, before):
    assert calendar().previous_working_day(date.fromisoformat(day)) == date.fromisoformat(before)


def test_working_days_between_counts_the_last_and_not_the_first():
    desk, thursday = calendar(), date(2026, 4, 2)
    assert desk.working_days_between(thursday, thursday) == 0
    assert desk.working_days_between(thursday, date(2026, 4, 6)) == 0
    assert desk.working_days_between(thursday, date(2026, 4, 7)) == 1
    assert desk.working_days_between(thursday, date(2026, 4, 17)) == 9
    assert desk.working_days_between(date(2026, 4, 7), thursday) == 0


def test_the_day_is_the_longest():
    assert calendar().day_minutes == 480
    assert calendar(hours=PART_TIME | {"fri": ["07:15", "20:00"]}).day_minutes == 765


@pytest.mark.parametrize("division", list(Division))
def test_every_division_has_holidays_that_others_lack(division):
    others = frozenset().union(*(bank_holidays(other) for other in Division if other != division))
    assert date(2026, 12, 25) in bank_holidays(division)
    assert bank_holidays(division) - others or division == ENGLAND


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hours": {}}, "at least one of them open"),
        ({"hours": {"mon": ["17:00", "09:00"]}}, "must end after they begin"),
        ({"hours": {"mon": ["09:00", "09:00"]}}, "must end after they begin"),
        ({"hours": {"monday": ["09:00", "17:00"]}}, "no such day: monday"),
        ({"division": "england"}, "No bank holidays are known for 'england'"),
        ({"added": ["25 December"]}, "Invalid isoformat"),
    ],
)
def test_settings_that_make_no_calendar_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        calendar(**settings)


def test_a_calendar_needs_all_seven_days():
    with pytest.raises(ValueError, match="seven days"):
        WorkingCalendar(((time(9), time(17)),) * 5, ENGLAND)


def test_time_is_not_added_backwards():
    with pytest.raises(ValueError, match="backwards"):
        calendar().add(london("2026-06-09 10:00"), -1)


def test_beyond_the_list_the_desk_goes_on_and_says_so_once(caplog):
    holidays._log_unknown_year.cache_clear()
    until = holidays_known_until()
    assert until >= date(2028, 12, 31)
    week = [until + timedelta(days=day) for day in range(1, 8)]
    with caplog.at_level(logging.ERROR):
        assert sum(map(calendar().is_working_day, week)) == 5
    assert [f"known until {until} only" in record.message for record in caplog.records] == [True]


def test_calendars_of_the_same_settings_are_equal_whatever_they_have_worked_out():
    used, fresh = calendar(), calendar()
    used.add(london("2026-06-09 10:00"), 4800)
    assert used == fresh
    assert hash(used) == hash(fresh)
    assert used != calendar(SCOTLAND)


def test_the_holiday_list_is_not_loaded_before_it_is_needed():
    code = "import navigator.catalogue.business_hours, sys; sys.exit('govuk_bank_holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_adding_two_weeks_is_fast():
    desk, start = calendar(), london("2026-04-02 16:30")
    best = min(repeat(lambda: desk.add(start, 4800), number=200, repeat=10)) / 200
    assert best < 50e-6
