"""No silent change: a ticket without an event for it is not committed, in bulk or one at a time."""

import pytest
from sqlalchemy import Executable, delete, update
from sqlmodel import Session, col, select

from navigator import database
from navigator.people.actor import SYSTEM
from navigator.people.reporter import Reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.lifecycle import UnauditedChange, act
from navigator.tickets.ticket import Event, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People


def change_silently(number: int) -> None:
    with database.writing() as session:
        session.get_one(Ticket, number).priority = 1
        session.flush()
        session.exec(select(Ticket)).all()


def change_behind_another(other: int, number: int) -> None:
    with database.writing() as session:
        act(session, SYSTEM, Action.ASSIGN, other)
        session.get_one(Ticket, number).priority = 1


@pytest.fixture
def number(session: Session, people: People) -> int:
    return tell(session).number


def test_a_change_without_an_event_is_refused_even_when_it_was_flushed_early(number: int) -> None:
    with pytest.raises(UnauditedChange):
        change_silently(number)
    with database.reading() as session:
        assert session.get_one(Ticket, number).priority != 1


def test_an_event_of_another_ticket_does_not_count(session: Session, number: int) -> None:
    other = tell(session).number
    with pytest.raises(UnauditedChange):
        change_behind_another(other, number)


def test_a_change_through_the_gate_is_committed_and_told(number: int) -> None:
    with database.writing() as session:
        act(session, SYSTEM, Action.ASSIGN, number).priority = 1
    with database.reading() as session:
        assert session.get_one(Ticket, number).priority == 1
        last = session.exec(select(Event).where(Event.ticket_number == number).order_by(col(Event.id))).all()[
            -1
        ]
        assert (last.action, last.version) == ("assign", session.get_one(Ticket, number).version)


@pytest.mark.parametrize("statement", [update(Ticket).values(priority=1), delete(Ticket), delete(Event)])
def test_bulk_changes_are_refused(number: int, statement: Executable) -> None:
    with pytest.raises(UnauditedChange), database.writing() as session:
        session.execute(statement)


def test_tickets_and_events_are_not_deleted(number: int) -> None:
    with pytest.raises(UnauditedChange), database.writing() as session:
        session.delete(session.exec(select(Event).where(Event.ticket_number == number)).first())


def test_a_new_ticket_without_an_event_is_refused(session: Session, number: int) -> None:
    made = session.get_one(Ticket, number).model_dump(exclude={"number", "reporter_id"})
    reporter = Reporter()
    session.add(reporter)
    session.flush()
    session.add(Ticket(**made, reporter_id=reporter.id))
    with pytest.raises(UnauditedChange):
        session.commit()
