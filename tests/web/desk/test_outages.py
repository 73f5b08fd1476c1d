"""Outages on pages: offered wherever a navigator looks, made in one click, ended with one answer."""

import pytest
from sqlmodel import Session

from navigator.people.actor import SYSTEM
from navigator.problems.problem import Problem
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.ticket import Status, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def numbers(session: Session, people: People) -> list[int]:
    emails = ("kim@example.org", "lou@example.org", "max@example.org")
    contacts = ({"route": "email", "email": email} for email in emails)
    return [tell(session, category="use.outage_or_error", contact=one).number for one in contacts]


def test_it_is_offered_made_joined_and_ended(
    enter: Enter, session: Session, people: People, numbers: list[int]
):
    amina = enter("amina")
    for path in ("/home", f"/tickets/{numbers[1]}", "/desk"):
        amina.get(path)
        assert "on Fern within an hour: make one outage of them?" in amina.text
    amina.press("Make one outage")
    assert amina.path.startswith("/problems/")
    assert "Outage" in amina.text
    outage = amina.path
    amina.get("/desk")
    assert "Make one outage" not in amina.text
    fourth = tell(session, category="use.outage_or_error")
    amina.get(f"/tickets/{fourth.number}")
    assert "1 new report of" in amina.text
    amina.press("Link to the outage")
    assert amina.path == outage
    request_review(session, SYSTEM, session.get_one(Ticket, numbers[0]), ["tried"])
    session.flush()
    amina.get(amina.one("a[href$='status=closed']").attributes["href"] or "")
    amina.press("See it first", body="It works again.")
    assert "3 reporters will find it" in amina.text
    assert "Left open for a clinician" in amina.text
    assert f"DN-{numbers[0]:06}" in amina.text
    amina.press("Send it now")
    assert amina.path == outage
    assert "The status was saved. Sent. 3 reporters can read it." in amina.text
    assert f"Left open, for a clinician: DN-{numbers[0]:06}." in amina.text
    session.expire_all()
    found = [session.get_one(Ticket, one).status for one in (*numbers, fourth.number)]
    assert found == [Status.NEW, Status.RESOLVED, Status.RESOLVED, Status.RESOLVED]


def test_pressed_twice_or_by_two_it_is_one(enter: Enter, session: Session, numbers: list[int]):
    amina, tom = enter("amina"), enter("tom")
    for one in (amina, tom):
        one.get("/desk")
    amina.press("Make one outage")
    tom.press("Make one outage")
    assert tom.path == amina.path
    assert len({session.get_one(Ticket, one).problem_id for one in numbers}) == 1


def test_others_are_not_asked(enter: Enter, numbers: list[int]):
    for who in ("mo", "priya", "sam"):
        visitor = enter(who)
        for path in ("/home", "/desk"):
            visitor.get(path)
            assert "make one outage" not in visitor.text
    codes = {"programme": "fern", "category": "use.outage_or_error"}
    assert enter("mo").post("/problems/outages", data=codes).status_code == 403
    assert enter("sam").post("/problems/outages", data=codes).status_code == 409


def test_words_for_who_joins_are_asked_about_once(
    enter: Enter, session: Session, people: People, numbers: list[int]
):
    """11.B4, by the page: words changed on the way are looked at like any reply."""
    amina = enter("amina")
    amina.get("/desk")
    amina.press("Make one outage")
    session.get_one(Problem, int(amina.path.rsplit("/", 1)[1])).workaround = "Use the web page."
    fourth = tell(session, category="use.outage_or_error")
    amina.get(f"/tickets/{fourth.number}")
    amina.press("Link to the outage")
    amina.press("Link them and send this", body="Your password is Sunny-42")
    assert "There seems to be a password in it" in amina.text
    buttons = amina.page.css("main form .nhsuk-button:not(.nhsuk-button--small)")
    assert buttons[0].text(strip=True) == "Link them, and send nothing"
    session.expire_all()
    assert session.get_one(Ticket, fourth.number).problem_id is None
    amina.press("Link them and send this all the same", body="Your password is Sunny-43")
    assert "There seems to be a password in it" in amina.text
    amina.press("Link them and send this all the same")
    session.expire_all()
    assert session.get_one(Ticket, fourth.number).problem_id is not None
