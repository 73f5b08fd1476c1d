"""When calls can be booked: the hours for calls, days off, notice, how far ahead, and both clock changes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from navigator import clock
from navigator.catalogue.call_times import call_times, is_open_for, quarters_of, remind_at
from navigator.catalogue.service import Service
from tests.navigator.tickets.booking import london

ALWAYS = {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def service(**set: Any) -> Service:
    usual: dict[str, Any] = {
        "code": "north",
        "name": "North",
        "hours": ALWAYS,
        "call_hours": {day: ["13:00", "14:00"] for day in ALWAYS},
        "call_notice_minutes": 60,
        "call_days_ahead": 2,
    }
    return Service(**(usual | set))


def times(now: datetime, **set: Any) -> list[str]:
    return [f"{clock.local(at):%a %d %H:%M}" for at in call_times(service(**set), now)]


TUESDAY = london("2026-06-09", "10:00")


def test_they_fill_the_hours_for_calls_one_after_the_other():
    assert times(TUESDAY) == [
        "Tue 09 13:00", "Tue 09 13:30", "Wed 10 13:00", "Wed 10 13:30", "Thu 11 13:00", "Thu 11 13:30",
    ]  # fmt: skip
    assert times(TUESDAY, call_minutes=45) == ["Tue 09 13:00", "Wed 10 13:00", "Thu 11 13:00"]


def test_without_hours_for_calls_there_are_none():
    assert times(TUESDAY, call_hours={}) == []


def test_none_begins_before_the_notice_in_working_minutes():
    assert times(london("2026-06-09", "12:15"), call_days_ahead=1)[:2] == ["Tue 09 13:30", "Wed 10 13:00"]
    evening = london("2026-06-12", "16:30")  # a Friday: an hour of notice ends on Monday at 9:30
    early = {day: ["09:00", "10:00"] for day in ALWAYS}
    assert times(evening, call_hours=early, call_days_ahead=1) == ["Mon 15 09:30"]


def test_none_is_further_ahead_than_so_many_working_days():
    friday = london("2026-06-12", "15:00")
    assert times(friday, call_days_ahead=1) == ["Mon 15 13:00", "Mon 15 13:30"]


@pytest.mark.parametrize("off", [{"closed_days": ["2026-06-10"]}, {"division": "scotland"}])
def test_none_is_on_a_day_off(off: dict[str, Any]):
    now, missing = (TUESDAY, "Wed 10") if "closed_days" in off else (london("2026-11-27", "15:00"), "Mon 30")
    found = times(now, **off)  # St Andrew's Day 2026 is a Monday
    assert found
    assert not any(missing in one for one in found)


def test_a_bank_holiday_is_passed_over_and_does_not_count():
    thursday = london("2026-04-02", "15:00")  # before Good Friday and Easter Monday
    assert times(thursday, call_days_ahead=1) == ["Tue 07 13:00", "Tue 07 13:30"]


def test_on_a_bank_holiday_that_is_worked_calls_are_held():
    good_friday = {"open_days": ["2026-04-03"], "call_days_ahead": 1}
    assert times(london("2026-04-02", "15:00"), **good_friday) == ["Fri 03 13:00", "Fri 03 13:30"]


def test_calls_are_held_only_while_the_service_is_open():
    late = {day: ["16:00", "19:00"] for day in ALWAYS}
    assert times(TUESDAY, call_hours=late, call_days_ahead=1)[:3] == [
        "Tue 09 16:00",
        "Tue 09 16:30",
        "Wed 10 16:00",
    ]


def test_they_begin_on_quarters_of_an_hour():
    odd = {day: ["13:05", "14:00"] for day in ALWAYS}
    assert times(TUESDAY, call_hours=odd, call_days_ahead=1)[:2] == ["Tue 09 13:15", "Wed 10 13:15"]


@pytest.mark.parametrize(
    ("friday", "before", "after"),
    [("2026-03-27", 13, 12), ("2026-10-23", 12, 13)],
    ids=["clocks go forward", "clocks go back"],
)
def test_over_a_clock_change_it_stays_the_same_time_in_london(friday: str, before: int, after: int):
    found = [*call_times(service(call_days_ahead=1), london(friday, "10:00"))]
    assert [at.hour for at in found] == [before, before, after, after]
    assert {clock.local(at).hour for at in found} == {13}


def test_on_the_sunday_of_a_clock_change_calls_can_be_held():
    open_on_sunday = {
        "hours": ALWAYS | {"sun": ["00:30", "05:00"]},
        "call_hours": {"sun": ["00:30", "03:00"]},
    }
    for sunday, starts in (("2026-03-29", 3), ("2026-10-25", 7)):
        found = [*call_times(service(**open_on_sunday, call_notice_minutes=0), london(sunday, "00:00"))]
        assert len(found) == starts
        assert {b - a for a, b in pairwise(found)} == {timedelta(minutes=30)}


def test_the_reminder_comes_as_the_service_opens_on_the_working_day_before():
    monday = london("2026-06-15", "13:00")
    assert remind_at(service(), monday, TUESDAY) == london("2026-06-12", "09:00")
    assert remind_at(service(call_reminder_days=2), monday, TUESDAY) == london("2026-06-11", "09:00")
    assert remind_at(service(call_reminder_days=0), monday, TUESDAY) is None
    assert remind_at(service(), london("2026-06-09", "13:00"), TUESDAY) is None, "it is past"


def test_the_reminder_of_a_call_after_a_clock_change_comes_in_the_winter_time_of_its_day():
    monday = london("2026-10-26", "13:00")
    assert remind_at(service(), monday, TUESDAY) == datetime(2026, 10, 23, 8, tzinfo=UTC)


def test_a_call_fills_each_quarter_that_it_touches():
    assert quarters_of(TUESDAY, 30) == [TUESDAY, TUESDAY + timedelta(minutes=15)]
    assert len(quarters_of(TUESDAY, 45)) == 3


def test_whether_the_service_is_open_for_a_whole_call():
    assert is_open_for(service(), london("2026-06-10", "16:30"), 30)
    assert not is_open_for(service(), london("2026-06-10", "16:45"), 30)
    assert not is_open_for(service(closed_days=["2026-06-10"]), london("2026-06-10", "13:00"), 30)
