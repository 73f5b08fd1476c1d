"""Undo on the ticket's page: offered with the message, once, and refused in words when it is too late."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput, SayInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter

BUTTON = "form[action$='/undo'] button"


@pytest.fixture
def number(session: Session, people: People) -> int:
    number = tell(session).number
    staff.assign(session, people.mo, number, AssignInput())
    session.flush()
    return number


@pytest.fixture
def amina(enter: Enter, number: int) -> Visitor:
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    return amina


def now(session: Session, number: int) -> tuple[int | None, str]:
    session.expire_all()
    ticket = session.get_one(Ticket, number)
    return ticket.assignee_id, ticket.status


def test_what_was_just_taken_is_given_back(amina: Visitor, session: Session, people: People, number: int):
    assert amina.page.css(BUTTON) == []
    amina.press("Take it")
    assert now(session, number) == (people.amina.user_id, "open")
    amina.press("Undo")
    assert now(session, number) == (None, "new")
    assert "Undone" in amina.text
    assert amina.page.css(BUTTON) == []
    amina.get(f"/tickets/{number}/history")
    assert "undid: took it" in amina.text


def test_the_button_stands_there_once(amina: Visitor, number: int):
    amina.press("Take it")
    assert len(amina.page.css(BUTTON)) == 1
    amina.get(f"/tickets/{number}")
    assert amina.page.css(BUTTON) == []


def test_it_is_refused_in_words_when_somebody_was_there_since(
    amina: Visitor, session: Session, people: People, number: int
):
    amina.press("Take it")
    staff.note(session, people.tom, number, SayInput(body="I am on it"))
    session.flush()
    assert amina.press("Undo").status_code == 409
    assert "something else was done to the ticket since" in amina.text
    assert now(session, number) == (people.amina.user_id, "open")


def test_what_has_left_is_not_offered_back(amina: Visitor, number: int):
    amina.press("Send", body="Please try the reset page")
    clock.set_to(clock.now() + timedelta(seconds=10))
    amina.get(f"/tickets/{number}")
    assert amina.page.css(BUTTON) == []


def test_a_refused_undo_loaded_again_is_the_ticket(
    amina: Visitor, session: Session, people: People, number: int
):
    amina.press("Take it")
    staff.note(session, people.tom, number, SayInput(body="I am on it"))
    session.flush()
    amina.press("Undo")
    assert amina.get(amina.path).status_code == 200
    assert "I am on it" in amina.text
