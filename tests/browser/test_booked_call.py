"""A call is booked by the private link on a phone, seen and moved by a navigator, and cancelled."""

import os

import pytest
from icalendar import Calendar
from sqlmodel import select

from navigator import database
from navigator.catalogue.service import Service
from navigator.people import private_links
from navigator.people.user import User
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput
from tests.browser.conftest import NARROW, WIDE, Come, Person
from tests.navigator.tickets.booking import offer_calls
from tests.navigator.tickets.report_factory import tell
from tests.people import actor_of


def picture(person: Person, name: str) -> None:
    """Take a picture, if a folder for pictures is named."""
    if folder := os.environ.get("PICTURES_TO"):
        person.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def link(address: str) -> str:
    """The private link of a ticket that Amina has, with a session on Friday."""
    with database.writing() as session:
        north = session.exec(select(Service).where(Service.code == "north")).one()
        offer_calls(session, north.id)
        ticket = tell(session, next_session="2026-06-12")
        amina = session.exec(select(User.id).where(User.name == "Amina Yusuf")).one()
        staff.assign(session, actor_of(session, amina), ticket.number, AssignInput(assignee_id=amina))
        return f"/t/{private_links.mint(session, ticket.number)}"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_call_is_booked_held_and_changed(come: Come, link: str, scripts: bool):
    patient, amina = come(NARROW, scripts), come(WIDE, scripts)
    patient.go(link)
    picture(patient, f"1-follow-{scripts}")
    taps = 0
    patient.leave_by(patient.page.get_by_role("button", name="Book a call"))
    taps += 1
    picture(patient, f"2-times-{scripts}")
    assert "In time for your session on Friday 12 June" in patient.words
    patient.leave_by(patient.page.get_by_role("link", name="Wednesday 10 June, 1pm"))
    taps += 1
    patient.write("Which number may we call?", "07700 900 982")
    patient.choose("No, leave no message")
    taps += 2
    picture(patient, f"3-ask-{scripts}")
    patient.press("Book this call")
    taps += 1
    assert taps <= 5
    picture(patient, f"4-booked-{scripts}")
    assert patient.path == "/follow/1/call"
    assert "We call you 1pm on Wednesday 10 June" in patient.words
    with patient.page.expect_download() as download:
        patient.page.get_by_role("link", name="Put it into your calendar").click()
    assert Calendar.from_ical(download.value.path().read_bytes())["method"] == "PUBLISH"
    patient.go("/follow/1")
    picture(patient, f"5-follow-{scripts}")
    assert "We call you at 1pm on Wednesday 10 June" in patient.words
    _seen_and_moved_by_staff(amina, scripts)
    patient.go("/follow/1/call")
    assert "We call you 1:30pm on Wednesday 10 June" in patient.words
    _moved_and_cancelled(patient, scripts)
    amina.go("/desk/calls")
    assert "Nobody waits for a call from you." in amina.words


def _seen_and_moved_by_staff(amina: Person, scripts: bool) -> None:
    amina.log_in("amina")
    picture(amina, f"6-today-{scripts}")
    assert "Booked call tomorrow at 1pm" in amina.words
    amina.go("/desk/calls")
    picture(amina, f"7-calls-{scripts}")
    assert "07700 900982" in amina.words
    assert "They booked a call for 1pm on Wednesday 10 June." in amina.words
    amina.go("/tickets/1")
    picture(amina, f"8-ticket-{scripts}")
    amina.follow("Move the booked call")
    picture(amina, f"9-move-{scripts}")
    amina.page.get_by_label("When to call them").select_option("2026-06-10T12:30:00+00:00")
    amina.press("Move the call")
    assert "The call was moved." in amina.words


def _moved_and_cancelled(patient: Person, scripts: bool) -> None:
    patient.leave_by(patient.page.get_by_role("button", name="Choose another time"))
    picture(patient, f"10-other-{scripts}")
    patient.leave_by(patient.page.get_by_role("link", name="Thursday 11 June, 2pm"))
    patient.press("Move the call")
    assert "We call you 2pm on Thursday 11 June" in patient.words
    patient.press("Cancel the call")
    picture(patient, f"11-cancelled-{scripts}")
    assert "Your call at 2pm on Thursday 11 June is cancelled." in patient.words
