"""Rises on pages: offered on Today and beside known problems, with their evidence, and decided there."""

import pytest
from sqlmodel import Session, select

from navigator.problems.problem import Problem
from navigator.problems.rise import Rise
from navigator.tickets.ticket import Ticket
from tests.navigator.problems.rise_factory import look, risen
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def numbers(session: Session, people: People) -> list[int]:
    found = risen(session, 3, 4, 4)
    assert look(session) == 1
    return found


@pytest.fixture
def address(session: Session, numbers: list[int]) -> str:
    return f"/problems/rises/{session.exec(select(Rise.id)).one()}"


@pytest.mark.parametrize("who", ["amina", "mo"])
@pytest.mark.parametrize("path", ["/home", "/problems"])
def test_it_is_offered_to_navigators_and_managers(enter: Enter, numbers: list[int], who: str, path: str):
    visitor = enter(who)
    visitor.get(path)
    assert "Rising:" in visitor.text
    assert (
        "11 reports at North Talking Therapies since Sunday 7 June, where about 2 are usual." in visitor.text
    )


@pytest.mark.parametrize("who", ["sam", "priya", "cole", "ada"])
def test_nobody_else_sees_it(enter: Enter, numbers: list[int], address: str, who: str):
    visitor = enter(who)
    visitor.get("/home")
    assert "11 reports" not in visitor.text
    assert visitor.get(address).status_code in (403, 404)


def test_it_is_looked_at_and_made_an_outage(enter: Enter, session: Session, numbers: list[int], address: str):
    amina = enter("amina")
    amina.get("/home")
    amina.get(amina.one("a[href^='/problems/rises/']").attributes["href"] or "")
    assert "11 reports from Sunday 7 June to Tuesday 9 June. In as many days about 2 are usual" in amina.text
    assert f"DN-{numbers[-1]:06}" in amina.text
    amina.press("Make one outage")
    problem = session.exec(select(Problem)).one()
    assert amina.path == f"/problems/{problem.id}"
    assert problem.is_outage
    session.expire_all()
    assert {session.get_one(Ticket, number).problem_id for number in numbers} == {problem.id}
    amina.get("/home")
    assert "Rising:" not in amina.text
    amina.get(address)
    assert f"known problem {problem.id}" in amina.text
    assert "Dismiss" not in amina.text


def test_where_a_manager_decided_a_navigator_links_the_tickets(
    enter: Enter, session: Session, numbers: list[int], address: str
):
    mo, amina = enter("mo"), enter("amina")
    mo.get(address)
    mo.press("Make one outage")
    problem = session.exec(select(Problem)).one()
    assert "Tell a navigator" in mo.text
    assert "not linked yet" not in mo.text  # managers link nothing
    amina.get(f"/problems/{problem.id}")
    assert "11 tickets of the rise at North Talking Therapies are not linked yet." in amina.text
    amina.press("Link the 11 tickets")
    assert "its tickets are linked" in amina.text
    session.expire_all()
    assert {session.get_one(Ticket, number).problem_id for number in numbers} == {problem.id}
    assert amina.path == f"/problems/{problem.id}"
    assert "not linked yet" not in amina.text


def test_it_is_dismissed_with_a_reason_that_is_kept(
    enter: Enter, session: Session, numbers: list[int], address: str
):
    amina = enter("amina")
    amina.get(address)
    amina.press("Dismiss")
    assert len(amina.problems) == 1
    amina.press("Dismiss", reason="expected")
    assert amina.path == "/problems"
    assert "Rising:" not in amina.text
    session.expire_all()
    assert session.exec(select(Rise.dismissed_as)).one() == "expected"
    amina.get(address)
    assert "Dismissed: we expected it." in amina.text


def test_who_comes_second_is_told(enter: Enter, session: Session, numbers: list[int], address: str):
    amina, tom = enter("amina"), enter("tom")
    for one in (amina, tom):
        one.get(address)
    amina.press("Dismiss", reason="expected")
    tom.press("Write down a problem")
    assert "Somebody has seen to this rise already" in tom.text
    assert session.exec(select(Problem)).all() == []
