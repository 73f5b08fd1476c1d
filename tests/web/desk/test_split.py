"""Splitting a report in two, on the pages of the navigator and of the reporter."""

from sqlmodel import Session, select

from navigator.people import private_links
from navigator.people.actor import SYSTEM
from navigator.tickets.action_rules import Action
from navigator.tickets.lifecycle import record
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.app import app

TWO = "I forgot my password and cannot get in. I also get far too many reminders, six a day."
BOTH = "I forgot my password. And I get far too many reminders."


def test_a_report_is_split_and_each_page_leads_to_the_other(enter: Enter, session: Session, people: People):
    first = tell(session, text=BOTH, contact={"route": "none"}).number
    token = private_links.mint(session, first)
    session.flush()
    amina = enter("amina")
    amina.get(f"/tickets/{first}/split")
    assert BOTH in amina.text
    chosen = amina.one("[name=messages]").attributes["value"] or ""
    amina.press("Make a second ticket", messages=[chosen], category="notify.too_many", body="Reminders")
    second = session.exec(select(Ticket.number).where(Ticket.number != first)).one()
    assert f"A second problem has its own ticket: DN-{second:06}" in amina.text
    amina.get(f"/tickets/{second}")
    assert f"This was split from: DN-{first:06}" in amina.text
    amina.get(f"/tickets/{second}/history")
    assert f"split it out of DN-{first:06}" in amina.text
    pat = Visitor(app)
    pat.get(f"/t/{token}")
    assert "Something else that you told us has its own report" in pat.text
    assert pat.get(f"/follow/{second}").status_code == 404
    pat.get(f"/follow/{first}")
    pat.press(f"Go to DN-{second:06}")
    assert pat.path == f"/follow/{second}"
    assert "Reminders" in pat.text
    assert pat.post(f"/follow/{first}/others/{first}").status_code == 404


def test_two_problems_are_named_and_the_split_is_filled_in(enter: Enter, session: Session, people: People):
    """12.7: the navigator presses once, and the offer is gone from both tickets."""
    first = tell(session, text=TWO, contact={"route": "none"})
    amina = enter("amina")
    amina.get(f"/tickets/{first.number}")
    assert (
        "This may hold two problems: “Forgotten password, username or app PIN” and “Reminder volume"
        in amina.text
    )
    amina.get(amina.one("a[href*='/split?']").attributes["href"] or "")
    amina.press("Make a second ticket")
    second = session.exec(select(Ticket).where(Ticket.number != first.number)).one()
    assert {first.category, second.category} == {"access.forgotten_password", "notify.too_many"}
    for number in (first.number, second.number):
        amina.get(f"/tickets/{number}")
        assert "This may hold two problems" not in amina.text


def test_a_split_is_not_offered_while_the_suggestion_is_hidden(
    enter: Enter, session: Session, people: People
):
    ticket = tell(session, text=TWO)
    ticket.suggestion_is_hidden = True
    record(session, SYSTEM, Action.NOTE, ticket)
    amina = enter("amina")
    amina.get(f"/tickets/{ticket.number}")
    assert "This may hold two problems" not in amina.text


def test_nothing_chosen_is_said_beside_it(enter: Enter, session: Session, people: People):
    number = tell(session, text=BOTH).number
    amina = enter("amina")
    amina.get(f"/tickets/{number}/split")
    assert amina.press("Make a second ticket").status_code == 422
    assert amina.problems == ["Choose a message, or write what the second problem is"]
    assert session.exec(select(Ticket.number)).all() == [number]
