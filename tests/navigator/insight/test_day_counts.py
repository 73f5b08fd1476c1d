"""Counts kept by day: the same figures as counted anew, whatever happens to a ticket after its day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, col, delete, select, update

from navigator import clock
from navigator.insight.day_counts import COLUMNS, days_to_count, is_fresh, keep_counts, kept_days
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.tables import ManagersReport, managers_report
from navigator.jobs.deadlines import notify_missed_session
from navigator.people.actor import reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import calls, sending, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.clinical_review import acknowledge, request_review_by_staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.undo_merge import undo_merge
from navigator.tickets.actions.undo_send import own_held_send, take_back, time_to_undo
from navigator.tickets.day_counts import ChangedDay, CountedDay, DayCount
from navigator.tickets.enums import CallOutcome, NextStep
from navigator.tickets.inputs import (
    CallInput,
    MergeInput,
    ReviewRequestInput,
    SayInput,
    SendInput,
    TriageInput,
    UnmergeInput,
)
from navigator.tickets.metrics import Period
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import ClinicalReview, Ticket
from tests.cases import each_case
from tests.navigator.insight.story import FIXED, REMINDERS, keep_all
from tests.navigator.tickets.report_factory import tell
from tests.people import People

FILTERS = (
    PeriodFilter(period="week"),
    PeriodFilter(),
    PeriodFilter(period="quarter"),
    PeriodFilter(programme="fern"),
    PeriodFilter(period="own", since=date(2026, 5, 12), until=date(2026, 5, 13)),
)
DAY = date(2026, 6, 1)
EVER = Period(date(2026, 1, 1), date(2027, 1, 1))


def reports(session: Session, people: People) -> list[ManagersReport]:
    return [managers_report(session, people.mo, chosen) for chosen in FILTERS]


def counted_anew(session: Session, people: People) -> list[ManagersReport]:
    """The same pages without anything kept."""
    with session.begin_nested() as part:
        session.execute(delete(CountedDay))
        found = reports(session, people)
        part.rollback()
    return found


def test_kept_figures_are_those_counted_anew(session: Session, people: People, lived: None) -> None:
    before = reports(session, people)
    assert len(keep_all(session)) == (date(2026, 6, 7) - date(2026, 4, 20)).days + 1
    assert [report.tables for report in reports(session, people)] == [report.tables for report in before]
    assert reports(session, people)[1].reported.cells[0].count > 10


def test_days_that_are_kept_are_not_counted_again(session: Session, people: People, lived: None) -> None:
    """What is compared above is not a count with itself."""
    keep_all(session)
    session.execute(update(DayCount).values(dict.fromkeys(COLUMNS.values(), 100)))
    assert reports(session, people)[1].reported.cells[0].count > 1000
    assert days_to_count(session) == []


def resolve(session: Session, people: People, ticket: Ticket) -> None:
    staff.resolve(session, people.amina, ticket.number, FIXED)


def triage(session: Session, people: People, ticket: Ticket) -> None:
    staff.triage(session, people.amina, ticket.number, TriageInput(category=REMINDERS))


def merge_away(session: Session, people: People, ticket: Ticket) -> None:
    merge(session, people.amina, ticket.number, MergeInput(into=tell(session).number))


def come_back(session: Session, people: People, ticket: Ticket) -> None:
    resolve(session, people, ticket)
    keep_all(session)
    following.reopen(session, reporter(ticket.number), ticket.number, SayInput(body="Still broken"))


def warn(session: Session, _: People, ticket: Ticket) -> None:
    notify_missed_session(session, clock.now(), ticket.number)


def call(session: Session, people: People, ticket: Ticket) -> None:
    calls.call(
        session, people.amina, ticket.number, CallInput(came=CallOutcome.SPOKE, minutes=30, body="It works")
    )


def ask_for_review(session: Session, people: People, ticket: Ticket) -> None:
    request_review_by_staff(
        session, people.amina, ticket.number, ReviewRequestInput(reason="She sounded unwell")
    )


def read_late(session: Session, people: People, ticket: Ticket) -> None:
    ask_for_review(session, people, ticket)
    session.flush()
    keep_all(session)
    clock.set_to(datetime(2026, 6, 12, 16, tzinfo=UTC))
    review = session.exec(select(ClinicalReview).where(ClinicalReview.ticket_number == ticket.number)).one()
    acknowledge(session, people.cole, review.id)


def take_back_a_call(session: Session, people: People, ticket: Ticket) -> None:
    """Of two calls the second was logged with words that had not left, and counted since."""
    call(session, people, ticket)
    clock.set_to(clock.now() + timedelta(minutes=1))
    words = SendInput(body="We try again tomorrow.", follow_up=NextStep.CALL_AGAIN)
    with time_to_undo(session, people.amina, Action.REPLY, ticket.number, words):
        sending.reply(session, people.amina, ticket.number, words)
    keep_all(session)
    held = own_held_send(session, people.amina, ticket)
    take_back(session, people.amina, ticket.number, held.id if held else 0)
    assert len(session.exec(select(PhoneCall)).all()) == 1


def undo_a_merge(session: Session, people: People, ticket: Ticket) -> None:
    """The call went with the ticket into a later one, was counted there, and comes back."""
    call(session, people, ticket)
    later = tell(session)
    merge(session, people.amina, ticket.number, MergeInput(into=later.number))
    keep_all(session)
    undo_merge(session, people.amina, later.number, UnmergeInput(merged=ticket.number))


def pass_deadline(_session: Session, _people: People, _ticket: Ticket) -> None:
    clock.set_to(datetime(2026, 6, 12, 11, 30, tzinfo=UTC))


@pytest.fixture
def counted(session: Session, people: People) -> tuple[Ticket, list[object]]:
    """A ticket of a day that is kept, and what the pages say: the next session is on Monday 15 June, to be
    planned from Friday 12 June, midday."""
    clock.set_to(datetime(2026, 6, 1, 10, tzinfo=UTC))
    ticket = tell(session, next_session=date(2026, 6, 15))
    clock.set_to(datetime(2026, 6, 12, 10, tzinfo=UTC))
    tell(session, next_session=date(2026, 6, 26))
    keep_all(session)
    assert DAY in kept_days(session, EVER)
    return ticket, [report.tables for report in reports(session, people)]


@each_case(
    "change",
    [
        resolve,
        triage,
        merge_away,
        come_back,
        warn,
        call,
        ask_for_review,
        read_late,
        take_back_a_call,
        undo_a_merge,
        pass_deadline,
    ],
)
def test_what_changes_after_its_day_is_counted_at_once(
    session: Session,
    people: People,
    counted: tuple[Ticket, list[object]],
    change: Callable[[Session, People, Ticket], None],
) -> None:
    ticket, before = counted
    change(session, people, ticket)
    session.flush()
    assert DAY not in kept_days(session, EVER)
    after = [report.tables for report in reports(session, people)]
    assert after != before
    assert after == [report.tables for report in counted_anew(session, people)]
    assert keep_all(session) == [DAY]
    assert [report.tables for report in reports(session, people)] == after
    assert not session.scalars(
        select(col(ChangedDay.reported_on)).where(col(ChangedDay.reported_on) == DAY)
    ).all()


def test_the_day_of_a_ticket_is_that_of_london(session: Session, people: People) -> None:
    """Half past eleven in the evening in UTC is the next day there, in summer."""
    clock.set_to(datetime(2026, 5, 31, 23, 30, tzinfo=UTC))
    ticket = tell(session)
    clock.set_to(datetime(2026, 6, 12, 10, tzinfo=UTC))
    assert keep_all(session)[-1] == DAY
    triage(session, people, ticket)
    session.flush()
    assert DAY not in kept_days(session, EVER)
    assert reports(session, people)[1].tables == counted_anew(session, people)[1].tables
    assert keep_all(session) == [DAY]


def test_today_and_yesterday_are_never_kept(session: Session, people: People) -> None:
    tell(session)
    today = clock.today()
    for days, kept in ((0, False), (1, False), (2, True)):
        clock.set_to(datetime(2026, 6, 9, 22, 59, tzinfo=UTC) + timedelta(days=days))
        assert keep_all(session) == ([today] if kept else [])


def test_what_changes_on_its_own_day_needs_no_mark(session: Session, people: People) -> None:
    resolve(session, people, tell(session))
    session.flush()
    assert not session.scalars(select(col(ChangedDay.reported_on))).all()


def test_a_day_is_counted_twice_in_vain(session: Session, people: People, lived: None) -> None:
    keep_all(session)
    before = reports(session, people)[1].tables
    keep_counts(session, date(2026, 5, 13))
    assert reports(session, people)[1].tables == before


def test_days_that_are_kept_with_thousands_of_gaps_are_read_as_far_as_a_statement_can_name_them(
    session: Session, people: People
):
    """After the first night of retention of many years; SQLite refuses more than a thousand conditions."""
    ticket = tell(session)
    last = clock.today() - timedelta(days=3)
    held = [last - timedelta(days=2 * number) for number in range(1_500)]
    session.add_all(CountedDay(reported_on=day) for day in held)
    session.flush()
    kept = kept_days(session)
    assert kept == set(held[:300])
    assert session.scalars(select(Ticket.number).where(is_fresh(kept))).all() == [ticket.number]
