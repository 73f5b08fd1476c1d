"""News of a session moves the session deadline alone: nobody gets more time by it, by any door."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.jobs.deadlines import advance_weekly_session, notify_overdue
from navigator.people.actor import reporter
from navigator.people.api_keys import actor_by_key, create
from navigator.people.user import Role
from navigator.tickets.actions import next_session, staff
from navigator.tickets.actions.next_session import AppointmentInput, update_next_session
from navigator.tickets.inputs import RescheduleInput, SayInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People

NEXT = date(2026, 7, 9)


def _reporter(session: Session, people: People, ticket: Ticket) -> None:
    told = RescheduleInput(next_session=NEXT, session_is_weekly=True)
    next_session.reschedule(session, reporter(ticket.number), ticket.number, told)


def _navigator(session: Session, people: People, ticket: Ticket) -> None:
    next_session.reschedule(session, people.amina, ticket.number, RescheduleInput(next_session=NEXT))


def _not_known(session: Session, people: People, ticket: Ticket) -> None:
    next_session.reschedule(session, people.amina, ticket.number, RescheduleInput())


def _booking_system(session: Session, people: People, ticket: Ticket) -> None:
    key = create(session, people.north, Role.INTAKE, "Bookings")
    session.flush()
    actor = actor_by_key(session, key)
    assert actor
    moved = update_next_session(session, actor, AppointmentInput(support_code="B7", next_session=NEXT))
    assert (moved.tickets, moved.cards) == (1, 0)


def _roll_over(session: Session, people: People, ticket: Ticket) -> None:
    advance_weekly_session(session, clock.now(), ticket.number)


NEWS = pytest.mark.parametrize("news", [_reporter, _navigator, _not_known, _booking_system, _roll_over])
News = Callable[[Session, People, Ticket], None]


def told(session: Session) -> Ticket:
    return tell(session, support_code="B7", next_session="2026-06-18", session_is_weekly=True)


@NEWS
def test_a_late_ticket_stays_late_and_nobody_is_told_twice(session: Session, people: People, news: News):
    """11.C2: the target began anew, and what was overdue became new."""
    ticket = told(session)
    clock.set_to(clock.now() + timedelta(days=21))
    notify_overdue(session, clock.now(), ticket.number)
    before = ticket.target_at, ticket.overdue_notified_at
    news(session, people, ticket)
    assert (ticket.target_at, ticket.overdue_notified_at) == before
    assert ticket.due_at <= clock.now()


@NEWS
def test_the_guard_moves_and_what_was_left_of_a_stopped_target_stays(
    session: Session, people: People, news: News
):
    """11.C2: while the reporter is asked, too."""
    ticket = told(session)
    first = ticket.session_deadline_at
    clock.set_to(clock.now() + timedelta(days=1))
    staff.wait(session, people.amina, ticket.number, SayInput(body="Which app?"))
    left = ticket.target_minutes_left
    clock.set_to(clock.now() + timedelta(days=13))
    news(session, people, ticket)
    assert (ticket.target_at, ticket.target_minutes_left) == (None, left)
    assert ticket.session_deadline_at != first


def test_what_was_told_of_a_session_is_told_again_of_the_next(session: Session, people: People):
    """11.C2: a ticket that was due by its session alone is due anew by the next one."""
    ticket = told(session)
    staff.wait(session, people.amina, ticket.number, SayInput(body="Which app?"))
    clock.set_to(clock.now() + timedelta(days=10))
    notify_overdue(session, clock.now(), ticket.number)
    advance_weekly_session(session, clock.now(), ticket.number)
    assert ticket.due_at > clock.now()
    assert ticket.overdue_notified_at is None
