"""Counts kept by day while tickets change in other transactions: none is kept that does not hold."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import event

from navigator import clock, database
from navigator.insight.day_counts import keep_counts, kept_days
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.tables import managers_report
from navigator.jobs.day_counts import count_days
from navigator.tickets.actions import staff
from navigator.tickets.inputs import TriageInput
from navigator.tickets.metrics import Period
from tests.navigator.tickets.report_factory import tell
from tests.people import People, settle

pytestmark = pytest.mark.slow

DAY = date(2026, 6, 1)


@pytest.fixture
def people(committing: str) -> People:
    """Everybody, committed."""
    with database.writing() as session:
        return settle(session)


@pytest.fixture
def number(people: People) -> int:
    """A ticket of eight days ago."""
    with clock.stopped_at(datetime(2026, 6, 1, 10, tzinfo=UTC)), database.writing() as session:
        return tell(session, category="notify.too_many").number


def is_kept() -> bool:
    with database.reading() as session:
        return DAY in kept_days(session, Period(DAY, DAY))


def reminders(people: People) -> int:
    """How many reports the page counts of that one problem."""
    with database.reading() as session:
        rows = managers_report(session, people.mo, PeriodFilter()).table("recurs").rows
    counts = {row.cells[0].filters["category"]: row.cells[0].count for row in rows}
    return counts.get("notify.too_many", 0)


def test_job_keeps_each_day_that_is_over_once(people: People, number: int) -> None:
    assert (is_kept(), reminders(people)) == (False, 1)
    assert (count_days(), count_days()) == (7, 0)
    assert (is_kept(), reminders(people)) == (True, 1)


def test_what_was_counted_while_the_clock_stood_ahead_is_forgotten(people: People, number: int) -> None:
    """It stands four days ahead for a while: today is counted, whose changes leave no mark."""
    now = clock.now()
    with clock.stopped_at(now + timedelta(days=4)):
        assert count_days() == 11
    with database.writing() as session:
        tell(session, category="notify.too_many")
    assert (is_kept(), reminders(people)) == (False, 2)
    assert (count_days(), count_days()) == (7, 0)
    with clock.stopped_at(now + timedelta(days=4)):
        assert (is_kept(), reminders(people)) == (True, 2)


@pytest.mark.only_on("postgresql")
def test_change_that_the_count_could_not_see_is_not_lost(people: People, number: int) -> None:
    """The change begins before the count and is committed after it."""
    with database.writing() as session:
        staff.triage(session, people.amina, number, TriageInput(category="use.lost_answers"))
        session.flush()
        assert count_days() == 7
        assert (is_kept(), reminders(people)) == (True, 1)
    assert (is_kept(), reminders(people)) == (False, 0)
    assert (count_days(), reminders(people)) == (1, 0)


@pytest.mark.only_on("postgresql")
def test_two_counts_of_a_day_wait_for_each_other(people: People, number: int) -> None:
    """The second begins before a change and counts after it: the first must not have the last word."""

    def count() -> None:
        with database.writing() as session:
            keep_counts(session, DAY)

    assert count_days() == 7
    second = Thread(target=count)
    with database.writing() as session:
        keep_counts(session, DAY)
        second.start()
        second.join(0.5)
        assert second.is_alive()
        with database.writing() as other:
            staff.triage(other, people.amina, number, TriageInput(category="use.lost_answers"))
    second.join(10)
    assert (is_kept(), reminders(people)) == (True, 0)


@pytest.mark.only_on("postgresql")
def test_change_that_comes_after_the_reading_is_not_lost(people: People, number: int) -> None:
    """It is committed when its ticket has been counted, and before the count is."""

    def change(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO daycount"):
            with database.writing() as session:
                staff.triage(session, people.amina, number, TriageInput(category="use.lost_answers"))

    with database.writing() as session:
        event.listen(session.connection(), "after_cursor_execute", change)
        keep_counts(session, DAY)
    assert (is_kept(), reminders(people)) == (False, 0)
