"""Rows of pages that only read are the ORM’s in every value; whoever writes is given rows to change."""

from typing import Any

import pytest
from sqlalchemy import inspect
from sqlmodel import Session, bindparam, col, select

from navigator import database
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.rows_to_read import rows_to_read, tables_to_read
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Event, Message, Ticket
from tests.people import People

_TICKET: Any = (
    select(Ticket, Reporter, User, col(Ticket.number) + 1)
    .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    .outerjoin(User, col(User.id) == col(Ticket.pwp_id))
    .where(Ticket.number == bindparam("number"))
)


def of_ticket(table: Any) -> Any:
    return select(table).where(table.ticket_number == bindparam("number")).order_by(col(table.id))


_MESSAGES, _EVENTS = of_ticket(Message), of_ticket(Event)


@pytest.fixture
def number(session: Session, people: People) -> int:
    report = ReportInput.model_validate({
        "service": "north", "text": "it is slow", "contact": {"route": "email", "email": "a@b.example"},
    })  # fmt: skip
    number = staff.report(session, ANONYMOUS, report).ticket.number
    staff.note(session, people.amina, number, SayInput(body="Seen"))
    session.flush()
    return number


def values(row: Any) -> dict[str, Any]:
    return {each.key: getattr(row, each.key) for each in inspect(type(row)).column_attrs}


def test_they_are_the_same_in_every_value(session: Session, number: int):
    session.expire_all()
    (own,) = rows_to_read(session, _TICKET, number=number)
    with database.reading() as reading:
        (read,) = rows_to_read(reading, _TICKET, number=number)
        messages, events = tables_to_read(reading, _MESSAGES, _EVENTS, number=number)
        assert not reading.identity_map.keys()
    assert [values(row) for row in read[:2]] == [values(row) for row in own[:2]]
    assert (read[2], read[3]) == (own[2], own[3]) == (None, number + 1)
    for table, rows in ((Message, messages), (Event, events)):
        expected = session.exec(of_ticket(table), params={"number": number}).all()
        assert len(rows) > 1
        assert [values(row) for row in rows] == [values(row) for row in expected]


def test_whoever_writes_is_given_their_own(session: Session, number: int):
    """A page drawn again after an error shows what was changed, and what is changed of its rows is saved."""
    ticket = session.get_one(Ticket, number)
    with session.no_autoflush:
        ticket.category = "sound"
        ((read, *_),) = rows_to_read(session, _TICKET, number=number)
    assert read is ticket
    messages, events = tables_to_read(session, _MESSAGES, _EVENTS, number=number)
    assert all(row in session for row in (*messages, *events))


def test_a_session_that_writes_is_known_before_anything_has_changed(session: Session, number: int):
    with database.writing() as writing, writing.no_autoflush:
        (found,) = rows_to_read(writing, _TICKET, number=number)
        assert found[0] in writing
