from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.catalogue import Blocks
from navigator.clock import LONDON
from navigator.tickets.deadlines import (
    MIN_MINUTES_AFTER_WAIT,
    Deadlines,
    Targets,
    compute_deadlines,
    compute_priority,
    compute_urgency,
    minutes_left,
    next_session,
    restarted_target,
    session_deadline,
)
from tests.cases import each_case

NINE_TO_FIVE = {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
DESK = WorkingCalendar.from_settings(NINE_TO_FIVE, "england-and-wales", [], [])
DAY = 480
YES, MAYBE, NO = Blocks.YES, Blocks.MAYBE, Blocks.NO


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


TUESDAY = london("2026-06-09 10:00")


@pytest.mark.parametrize(
    ("impact", "row"),
    [(1, "11223"), (2, "12234"), (3, "23344"), (4, "33445"), (5, "45555")],
)
def test_priority_is_the_table(impact, row):
    assert "".join(str(compute_priority(impact, urgency)) for urgency in range(1, 6)) == row


@pytest.mark.parametrize(("impact", "urgency"), [(0, 1), (6, 1), (1, 0), (1, 6)])
def test_priority_refuses_what_is_not_in_the_table(impact, urgency):
    with pytest.raises(ValueError, match="go from 1 to 5"):
        compute_priority(impact, urgency)


@each_case(
    ("blocks", "minutes", "workaround", "expected"),
    [
        (YES, -60, False, 1),
        (YES, 0, False, 1),
        (YES, DAY, False, 1),
        (YES, DAY + 1, False, 2),
        (YES, 3 * DAY, False, 2),
        (YES, 3 * DAY + 1, False, 3),
        (YES, 5 * DAY, False, 3),
        (YES, 5 * DAY + 1, False, 4),
        (YES, None, False, 4),
        (YES, 0, True, 4),
        (MAYBE, 0, False, 2),
        (MAYBE, DAY, False, 2),
        (MAYBE, 3 * DAY, False, 2),
        (MAYBE, 5 * DAY, False, 3),
        (MAYBE, 5 * DAY + 1, False, 4),
        (MAYBE, None, False, 4),
        (NO, 0, False, 5),
        (NO, None, False, 5),
        (NO, 0, True, 5),
    ],
)
def test_urgency_is_how_near_the_session_is(blocks, minutes, workaround, expected):
    assert compute_urgency(blocks, minutes, DAY, workaround) == expected


def test_urgency_counts_in_the_days_of_the_desk():
    assert compute_urgency(YES, 300, 300, False) == 1
    assert compute_urgency(YES, 301, 300, False) == 2


@pytest.mark.parametrize(
    ("session_on", "guard"),
    [
        ("2026-06-11", "2026-06-10 12:00"),
        ("2026-06-15", "2026-06-12 12:00"),  # over a weekend
        ("2026-04-07", "2026-04-02 12:00"),  # over Easter
        ("2026-12-29", "2026-12-24 12:00"),
        ("2026-03-30", "2026-03-27 12:00"),  # the clocks change between
        ("2026-10-26", "2026-10-23 12:00"),
        ("2026-06-14", "2026-06-12 12:00"),  # the session itself is on a Sunday
    ],
)
def test_the_guard_is_noon_of_the_last_working_day_before(session_on, guard):
    assert session_deadline(DESK, date.fromisoformat(session_on)) == london(guard)


def made(
    now: datetime = TUESDAY,
    impact: int = 4,
    blocks: Blocks = YES,
    session_on: str | None = None,
    workaround: bool = False,
    targets: Targets | None = None,
) -> Deadlines:
    when = date.fromisoformat(session_on) if session_on else None
    return compute_deadlines(DESK, targets or Targets(), now, impact, blocks, when, workaround)


def test_blocked_before_a_session_on_thursday():
    assert asdict(made(session_on="2026-06-11")) == {
        "urgency": 2,
        "priority": 3,
        "target_at": london("2026-06-11 10:00"),
        "first_reply_by_at": london("2026-06-10 10:00"),
        "session_deadline_at": london("2026-06-10 12:00"),
        "due_at": london("2026-06-10 12:00"),
        "session_deadline_passed": False,
    }


def test_a_whole_programme_down_before_sessions_tomorrow():
    times = made(impact=1, session_on="2026-06-10")
    assert (times.urgency, times.priority) == (1, 1)
    assert times.target_at == london("2026-06-09 14:00")
    assert times.first_reply_by_at == london("2026-06-09 11:00")
    assert times.due_at == times.session_deadline_at == london("2026-06-09 12:00")


def test_the_target_is_due_when_it_comes_before_the_guard():
    times = made(impact=1, session_on="2026-06-19")
    assert times.urgency == 4
    assert times.due_at == times.target_at == london("2026-06-10 10:00")
    assert times.session_deadline_at == london("2026-06-18 12:00")


@pytest.mark.parametrize(
    ("priority", "target", "reply"),
    [
        (1, "2026-06-09 14:00", "2026-06-09 11:00"),
        (2, "2026-06-10 10:00", "2026-06-09 14:00"),
        (3, "2026-06-11 10:00", "2026-06-10 10:00"),
        (4, "2026-06-16 10:00", "2026-06-10 10:00"),
        (5, "2026-06-23 10:00", "2026-06-11 10:00"),
    ],
)
def test_each_priority_has_its_targets(priority, target, reply):
    reported: dict[int, dict[str, Any]] = {
        1: {"impact": 1, "session_on": "2026-06-09"},
        2: {"impact": 1},
        3: {"impact": 3, "session_on": "2026-06-11"},
        4: {"impact": 4},
        5: {"impact": 4, "blocks": NO},
    }
    times = made(**reported[priority])
    assert times.priority == priority
    assert times.target_at == london(target)
    assert times.first_reply_by_at == london(reply)


def test_an_unknown_session_has_no_guard():
    times = made()
    assert (times.urgency, times.session_deadline_at, times.session_deadline_passed) == (4, None, False)
    assert times.due_at == times.target_at


@pytest.mark.parametrize(
    ("now", "passed"),
    [("2026-06-10 11:59", False), ("2026-06-10 12:00", True), ("2026-06-11 09:00", True)],
)
def test_a_guard_that_is_past_already_is_said(now, passed):
    times = made(now=london(now), session_on="2026-06-11")
    assert times.session_deadline_passed is passed
    assert times.due_at == times.session_deadline_at == london("2026-06-10 12:00")


def test_a_session_today_is_as_urgent_as_can_be():
    times = made(session_on="2026-06-09")
    assert (times.urgency, times.session_deadline_passed) == (1, True)


def test_a_session_that_is_past_counts_as_unknown():
    assert made(session_on="2026-06-08") == made()


def test_today_is_the_day_in_london():
    late = datetime(2026, 6, 9, 23, 30, tzinfo=UTC)  # half past midnight on the 10th in London
    assert made(now=late, session_on="2026-06-09").session_deadline_at is None
    assert made(now=late, session_on="2026-06-10").urgency == 1


def test_what_does_not_touch_the_session_has_no_guard():
    times = made(blocks=NO, session_on="2026-06-10")
    assert (times.urgency, times.session_deadline_at, times.session_deadline_passed) == (5, None, False)
    assert times.due_at == times.target_at == london("2026-06-23 10:00")


def test_a_workaround_in_use_lowers_the_urgency_and_keeps_the_guard():
    times = made(session_on="2026-06-11", workaround=True)
    assert (times.urgency, times.priority) == (4, 4)
    assert times.due_at == times.session_deadline_at == london("2026-06-10 12:00")


def test_a_weekend_before_the_session_does_not_count_as_time():
    friday = london("2026-06-12 10:00")
    assert made(now=friday, session_on="2026-06-15").urgency == 1  # 7 working hours, three days
    assert made(now=friday, session_on="2026-06-16").urgency == 2


def test_a_desk_that_is_open_for_four_hours_counts_in_its_own_days():
    mornings = {day: ["09:00", "13:00"] for day in NINE_TO_FIVE}
    desk = WorkingCalendar.from_settings(mornings, "england-and-wales", [], [])
    near, far = (compute_deadlines(desk, Targets(), TUESDAY, 4, YES, date(2026, 6, day)) for day in (10, 11))
    assert (near.urgency, far.urgency) == (1, 2)  # 3 working hours from now, and 7


def test_reported_on_a_holiday_or_at_night_the_targets_begin_when_the_desk_opens():
    for now in ("2026-04-03 12:00", "2026-04-05 23:00", "2026-04-07 08:59"):
        times = made(now=london(now), impact=1)
        assert times.target_at == london("2026-04-07 17:00")
        assert times.first_reply_by_at == london("2026-04-07 13:00")


def test_a_mistyped_year_costs_no_time():
    desk = WorkingCalendar.from_settings(NINE_TO_FIVE, "england-and-wales", [], [])
    times = compute_deadlines(desk, Targets(), TUESDAY, 4, YES, date(9999, 12, 31))
    assert len(desk._windows) < 100
    assert (times.urgency, times.session_deadline_at) == (4, london("9999-12-30 12:00"))


def test_a_service_sets_its_own_targets():
    targets = Targets.from_settings({"resolution": [2, 4, 8, 16, 0.5 + 31.5]})
    assert targets.first_reply == Targets().first_reply
    assert made(targets=targets).target_at == london("2026-06-11 10:00")
    assert Targets.from_settings({}) == Targets()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"resolution": [4, 8, 16, 40]}, "five numbers"),
        ({"first_reply": [0, 4, 8, 8, 16]}, "above 0"),
        ({"resolution": [8, 4, 16, 40, 80]}, "none less than the one before"),
        ({"first_response": [1, 4, 8, 8, 16]}, "no such targets: first_response"),
    ],
)
def test_targets_that_make_no_sense_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Targets.from_settings(given)


BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
MINUTES = st.integers(0, 80 * 60)


@given(MOMENTS, MINUTES, MINUTES, MINUTES)
def test_a_wait_moves_the_target_by_the_working_time_that_it_took(start, target, waited_from, wait):
    target_at = DESK.add(start, target)
    paused_at = DESK.add(start, waited_from)
    resumed_at = DESK.add(paused_at, wait)
    left = minutes_left(DESK, target_at, paused_at)
    assert left == max(0, target - waited_from)
    again_at = restarted_target(DESK, left, resumed_at)
    assert DESK.minutes_between(resumed_at, again_at) == max(left, MIN_MINUTES_AFTER_WAIT)
    assert again_at > resumed_at


def test_a_wait_over_easter_costs_the_target_nothing():
    target_at = london("2026-04-07 10:00")
    left = minutes_left(DESK, target_at, london("2026-04-02 16:00"))
    assert left == 120
    assert restarted_target(DESK, left, london("2026-04-06 12:00")) == london("2026-04-07 11:00")


def test_an_answer_to_an_overdue_ticket_is_no_instant_breach():
    left = minutes_left(DESK, TUESDAY - timedelta(hours=20), TUESDAY)
    assert left == 0
    assert restarted_target(DESK, left, london("2026-06-12 16:30")) == london("2026-06-15 09:30")


@pytest.mark.parametrize(
    ("session_on", "weekly", "expected"),
    [
        ("2026-06-09", False, "2026-06-09"),
        ("2026-06-11", False, "2026-06-11"),
        ("2026-06-11", True, "2026-06-11"),
        ("2026-06-08", False, None),
        ("2026-06-08", True, "2026-06-15"),
        ("2026-06-02", True, "2026-06-09"),
        ("2026-05-04", True, "2026-06-15"),
        (None, True, None),
    ],
)
def test_a_weekly_session_rolls_on(session_on, weekly, expected):
    when = date.fromisoformat(session_on) if session_on else None
    then = date.fromisoformat(expected) if expected else None
    assert next_session(when, weekly, today=date(2026, 6, 9)) == then


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_weekly_session_stays_on_its_weekday_and_within_a_week(session_on, today):
    rolled = next_session(session_on, True, today)
    assert rolled is not None
    assert rolled.weekday() == session_on.weekday()
    assert rolled == session_on or 0 <= (rolled - today).days < 7
    assert rolled >= today


@given(MOMENTS, st.integers(1, 5), st.sampled_from(Blocks), st.none() | st.integers(-10, 30), st.booleans())
def test_the_clocks_always_fit_together(now, impact, blocks, days, workaround):
    session_on = None if days is None else now.astimezone(LONDON).date() + timedelta(days=days)
    times = compute_deadlines(DESK, Targets(), now, impact, blocks, session_on, workaround)
    assert times.priority == compute_priority(impact, times.urgency)
    assert now < times.first_reply_by_at <= times.target_at
    assert times.due_at == min(at for at in (times.target_at, times.session_deadline_at) if at)
    assert (times.session_deadline_at is not None) == (days is not None and days >= 0 and blocks is not NO)
    if session_on and times.session_deadline_at:
        assert times.session_deadline_at.astimezone(LONDON).date() < session_on
        assert times.session_deadline_passed == (times.session_deadline_at <= now)
