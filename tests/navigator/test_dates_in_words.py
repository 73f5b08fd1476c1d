"""Times and opening hours as people say them."""

from datetime import UTC, date, datetime

import pytest

from navigator import clock
from navigator.dates_in_words import day, opening_hours, time_or_date, when

NINE = ["09:00", "17:00"]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 4, 7, 8, 0, tzinfo=UTC), "9am on Tuesday 7 April"),
        (datetime(2026, 1, 5, 16, 30, tzinfo=UTC), "4:30pm on Monday 5 January"),
        (datetime(2026, 6, 9, 11, 0, tzinfo=UTC), "midday on Tuesday 9 June"),
        (datetime(2026, 6, 9, 23, 0, tzinfo=UTC), "midnight on Wednesday 10 June"),
        (datetime(2027, 1, 4, 9, 5, tzinfo=UTC), "9:05am on Monday 4 January 2027"),
    ],
)
def test_a_moment_is_said_in_london_time(at, words):
    assert when(at) == words


def test_a_day_of_another_year_says_so():
    assert [day(date(2026, 12, 24)), day(date(2025, 12, 24))] == [
        "Thursday 24 December",
        "Wednesday 24 December 2025",
    ]


def test_a_moment_in_a_row_is_a_time_today_and_else_a_date_with_another_year():
    moments = [
        datetime(2026, 6, 9, 8, 5, tzinfo=UTC),
        datetime(2026, 6, 8, 8, 5, tzinfo=UTC),
        datetime(2025, 12, 24, 8, 5, tzinfo=UTC),
    ]
    with clock.stopped_at(datetime(2026, 6, 9, 9, 0, tzinfo=UTC)):
        assert [time_or_date(at) for at in moments] == ["9:05", "8 Jun", "24 Dec 2025"]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), NINE), "Monday to Friday 9am to 5pm"),
        ({"mon": NINE, "tue": None, "wed": NINE}, "Monday 9am to 5pm, Wednesday 9am to 5pm"),
        (
            {"sun": ["00:00", "12:00"], "sat": ["08:30", "20:00"]},
            "Saturday 8:30am to 8pm, Sunday midnight to midday",
        ),
        ({}, ""),
    ],
)
def test_a_week_is_said_in_as_few_words_as_it_takes(hours, words):
    assert opening_hours(hours) == words
