"""Putting a ticket aside and having it back, on the pages."""

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def number(session: Session, people: People) -> int:
    number = tell(session, category="notify.too_many").number
    staff.assign(session, people.mo, number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    return number


def test_a_ticket_is_put_aside_seen_and_woken(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/snooze")
    assert "Tomorrow" in amina.text
    assert "In 1 hour" in amina.text
    assert "9am on Wednesday 10 June" in amina.text
    amina.press("Snooze", until="morning", body="The supplier calls back")
    assert amina.path == f"/tickets/{number}"
    said = amina.one(".desk-notice").text()
    assert "Snoozed until 9am on Wednesday 10 June, by Amina Yusuf." in " ".join(said.split())
    assert "The supplier calls back" in said
    amina.get("/desk?view=mine")
    assert amina.page.css("th a[href^='/tickets/']") == []
    assert amina.one(".desk-views a[href*=snoozed] .desk-count").text() == "1"
    amina.get("/desk?view=snoozed")
    assert "back 10 Jun" in amina.text
    amina.get(f"/tickets/{number}")
    amina.press("Wake it now")
    session.expire_all()
    assert session.get_one(Ticket, number).snoozed_until_at is None
    assert not [one for one in amina.page.css("button") if one.text(strip=True) == "Wake it now"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Choose when it should come back"),
        ({"until": "days"}, "Enter how many working days"),
        ({"until": "on"}, "Enter the date"),
        ({"until": "on", "on-day": "1", "on-month": "6", "on-year": "2026"}, "still to come"),
        ({"until": "on", "on-day": "9", "on-month": "6", "on-year": "2026", "at": "8"}, "Enter a time"),
        ({"until": "on", "on-day": "7", "on-month": "8", "on-year": "2026"}, "too late"),
    ],
)
def test_what_cannot_be_is_said_beside_it(enter: Enter, session: Session, number: int, typed, says):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/snooze")
    assert amina.press("Snooze", body="Because", **typed).status_code == 422
    assert says in amina.problems[0]
    assert amina.one("#body").text() == "Because"
    assert session.get_one(Ticket, number).snoozed_until_at is None


def test_what_stands_in_the_box_of_another_choice_refuses_nothing(
    enter: Enter, session: Session, number: int
):
    """With scripts that box is hidden: nobody could see what to mend."""
    amina = enter("amina")
    amina.get(f"/tickets/{number}/snooze")
    typed = {"days": "999", "on-day": "31", "on-month": "2", "on-year": "2206"}
    amina.press("Snooze", until="morning", **typed)
    assert amina.path == f"/tickets/{number}"
    session.expire_all()
    assert session.get_one(Ticket, number).snoozed_until_at


def test_what_is_late_is_offered_no_snooze(enter: Enter, session: Session, number: int):
    """The form asked when it should come back, and refused each answer."""
    clock.set_to(session.get_one(Ticket, number).due_at)
    amina = enter("amina")
    amina.get(f"/tickets/{number}/snooze")
    assert "What is late cannot be snoozed: it stays in the queue." in amina.text
    assert "When should it come back?" not in amina.text
