"""What a page counts is kept while no ticket changes, and never shown once one has."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlmodel import Session, func, select

from navigator import clock, database
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import staff
from navigator.tickets.actions.snooze import snooze
from navigator.tickets.inputs import AssignInput, SnoozeInput
from navigator.tickets.queue.counts import counts
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.kept_while_unchanged import LASTS
from navigator.tickets.ticket import Event
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.test_query_budgets import asked


def on_a_page(actor: Actor, **asked_for: str) -> dict[str, int]:
    with database.reading() as session:
        return dict(counts(session, actor, Filters(**asked_for)).by_view)  # type: ignore[arg-type]


def is_counted_again(connection: Connection, actor: Actor) -> bool:
    with asked(connection) as statements:
        on_a_page(actor)
    return any("count(" in each for each in statements)


@pytest.fixture
def number(session: Session, people: People) -> int:
    """A ticket that was counted on a page, with others."""
    number, *_ = (tell(session).number for _ in range(3))
    session.flush()
    assert on_a_page(people.amina)["all"] == 3
    return number


def test_nothing_is_counted_twice_while_nothing_changes(
    connection: Connection, people: People, number: int
) -> None:
    assert not is_counted_again(connection, people.amina)
    assert is_counted_again(connection, people.tom)  # who sees other tickets as his own
    assert on_a_page(people.amina, category="notify.too_many")["all"] == 0


CHANGES: dict[str, Callable[[Session, People, int], object]] = {
    "it was given to somebody": lambda session, people, number: staff.assign(
        session, people.mo, number, AssignInput(assignee_id=people.tom.user_id)
    ),
    "another came": lambda session, *_: tell(session),
    "it was put off": lambda session, people, number: snooze(
        session, people.amina, number, SnoozeInput(until="days", days=1, body="Later")
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_counted_at_once(session: Session, people: People, number: int, change: str) -> None:
    before = on_a_page(people.amina)
    CHANGES[change](session, people, number)
    session.flush()
    after = on_a_page(people.amina)
    assert after == counts(session, people.amina, Filters()).by_view != before


def test_an_event_that_is_committed_after_later_ones_is_heard_of(
    session: Session, connection: Connection, people: People, number: int
) -> None:
    newest = session.exec(select(func.max(Event.id))).one() or 0
    told: dict[str, Any] = {"ticket_number": number, "action": Action.REPORT, "actor_name": "", "version": 1}
    for id in (newest + 9, newest + 4):
        session.add(Event(id=id, created_at=clock.now(), to_status="new", **told))
        session.flush()
        assert is_counted_again(connection, people.amina)


def test_what_time_changes_is_heard_of_soon(connection: Connection, people: People, number: int) -> None:
    clock.set_to(clock.now() + LASTS - timedelta(seconds=1))
    assert not is_counted_again(connection, people.amina)
    clock.set_to(clock.now() + timedelta(seconds=1))
    assert is_counted_again(connection, people.amina)
    clock.set_to(clock.now() - timedelta(days=1))  # a clock that is put back keeps nothing for a day
    assert is_counted_again(connection, people.amina)


def test_a_transaction_that_may_change_tickets_counts_them_itself(
    session: Session, connection: Connection, people: People, number: int
) -> None:
    with asked(connection) as statements, database.writing() as writing:
        counts(writing, people.amina, Filters())
    assert any("count(" in each for each in statements)


def test_a_setting_that_changed_is_heard_of(
    session: Session, connection: Connection, people: People, number: int
) -> None:
    session.get_one(Service, people.north).name = "North, as it is called now"
    session.flush()
    assert is_counted_again(connection, people.amina)
