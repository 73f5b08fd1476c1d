"""A session that is told when it is too soon to be ready for: due now, told at once, and nobody was late."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.jobs import deadlines
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import Actor, reporter
from navigator.tickets.actions import next_session, staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.inputs import MergeInput, RescheduleInput, TriageInput
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.ticket import Ticket
from tests.clocks import moving
from tests.navigator.tickets.report_factory import tell
from tests.people import People

MONDAY = datetime(2026, 6, 15, 8, 30, tzinfo=UTC)  # half past nine in London
TODAY = date(2026, 6, 15)


def run_jobs(session: Session) -> tuple[int, int]:
    """Do what the jobs find now: of how many a practitioner must plan, and how many are told as overdue."""
    session.flush()
    now, done = clock.now(), []
    pairs: tuple[tuple[Callable[..., object], Callable[..., object]], ...] = (
        (deadlines.missed_session_deadlines, deadlines.notify_missed_session),
        (deadlines.overdue_tickets, deadlines.notify_overdue),
    )
    for find, do in pairs:
        numbers = session.scalars(find(now)).all()  # type: ignore[call-overload]
        for number in numbers:
            do(session, now, number)
        done.append(len(numbers))
    session.flush()
    return done[0], done[1]


def listed(session: Session, actor: Actor, **filters: str) -> list[int]:
    rows = queue(session, actor, Filters.model_validate(filters)).rows
    return [row.number for row in rows]


def test_a_report_on_the_day_of_the_session_is_due_now_and_not_late(session: Session, people: People):
    """11.D10: it was "Late" at birth, due last Friday, and mailed as overdue."""
    clock.set_to(MONDAY)
    ticket = tell(session, people.priya, reporter="pwp", next_session=TODAY)
    assert (ticket.due_at, ticket.session_deadline_at) == (MONDAY, MONDAY)
    clock.set_to(MONDAY + timedelta(minutes=1))
    assert not ticket.is_late
    assert listed(session, people.amina, view="late") == listed(session, people.amina, due="late") == []
    for view in ("today", "guards"):
        assert listed(session, people.amina, view=view) == [ticket.number]
    assert [run_jobs(session), run_jobs(session)] == [(1, 0), (0, 0)]
    templates = session.exec(select(OutboxMessage.template)).all()
    assert "guard_plan_without" in templates
    assert "overdue" not in templates


def test_it_is_late_once_its_target_is_past(session: Session, people: People):
    """11.D10: an excuse for the session is none for the rest."""
    clock.set_to(MONDAY)
    ticket = tell(session, next_session=TODAY)
    run_jobs(session)
    assert ticket.target_at
    clock.set_to(ticket.target_at - timedelta(seconds=1))
    assert (ticket.is_late, run_jobs(session)) == (False, (0, 0))
    clock.set_to(ticket.target_at)
    assert ticket.is_late
    assert listed(session, people.amina, view="late") == [ticket.number]
    assert [run_jobs(session), run_jobs(session)] == [(0, 1), (0, 0)]


@pytest.mark.parametrize("is_running", [False, True])
def test_any_report_after_its_guard_is_due_when_it_came(session: Session, people: People, is_running: bool):
    """11.D10: the afternoon before a session, and a clock that goes on."""
    afternoon = MONDAY + timedelta(hours=5)
    clock.set_to(afternoon)
    if is_running:
        with moving(afternoon, ticks=True):
            ticket = tell(session, next_session="2026-06-16")
            assert not ticket.is_late
    else:
        ticket = tell(session, next_session="2026-06-16")
    assert abs(ticket.due_at - afternoon) < timedelta(seconds=5)
    clock.set_to(afternoon + timedelta(minutes=1))
    assert not ticket.is_late


def test_news_that_the_session_is_today_makes_nothing_late(session: Session, people: People):
    """11.D10: the same mistake by the other doors: nobody knew before."""
    ticket = tell(session, next_session="2026-06-25")
    clock.set_to(MONDAY)
    next_session.reschedule(
        session, reporter(ticket.number), ticket.number, RescheduleInput(next_session=TODAY)
    )
    assert ticket.due_at == MONDAY
    clock.set_to(MONDAY + timedelta(minutes=1))
    assert not ticket.is_late
    assert run_jobs(session) == (1, 0)
    later = RescheduleInput(next_session=date(2026, 6, 25))
    next_session.reschedule(session, people.amina, ticket.number, later)
    assert not ticket.session_is_too_soon
    assert ticket.due_at > clock.now()


def test_what_was_late_stays_late_however_it_is_sorted_or_moved(session: Session, people: People):
    """11.D10: what was known in time and not done is late; sorting it again does not make it new."""
    ticket = tell(session, next_session="2026-06-16", category="use.feature_fault")
    clock.set_to(MONDAY + timedelta(hours=5))
    guard = ticket.session_deadline_at
    assert ticket.is_late
    staff.triage(session, people.amina, ticket.number, TriageInput(category="access.forgotten_password"))
    assert (ticket.is_late, ticket.session_deadline_at) == (True, guard)
    sooner = RescheduleInput(next_session=TODAY)
    next_session.reschedule(session, people.amina, ticket.number, sooner)
    assert (ticket.is_late, ticket.session_deadline_at) == (True, guard)


def test_sorting_it_again_does_not_move_when_it_was_told(session: Session, people: People):
    """11.D10: due since it came, however often it is looked at."""
    clock.set_to(MONDAY)
    ticket = tell(session, next_session=TODAY, category="use.feature_fault")
    run_jobs(session)
    clock.set_to(MONDAY + timedelta(hours=1))
    staff.triage(session, people.amina, ticket.number, TriageInput(category="access.forgotten_password"))
    assert (ticket.due_at, ticket.session_is_too_soon) == (MONDAY, True)
    assert run_jobs(session) == (0, 0)


def test_a_merge_keeps_that_it_was_told_too_late(session: Session, people: People):
    """11.D10: joined with a report of the same person, it is not late either."""
    clock.set_to(MONDAY)
    contact = {"route": "email", "email": "pat@post.example"}
    target = tell(session, contact=contact)
    ticket = tell(session, contact=contact, next_session=TODAY)
    clock.set_to(MONDAY + timedelta(minutes=1))
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    merged = session.get_one(Ticket, target.number)
    assert (merged.due_at, merged.session_is_too_soon, merged.is_late) == (MONDAY, True, False)
