"""Training at 320 pixels, with scripts and without: booked, waited for, held, and how confident it made."""

from datetime import timedelta

import pytest
from sqlmodel import select

from navigator import clock, database
from navigator.people.user import User
from navigator.training.tables import Attendance, TrainingSession
from tests.browser.conftest import NARROW, Come
from tests.navigator.training.test_training import plan
from tests.people import actor_of


@pytest.fixture
def planned(address: str) -> int:
    """The id of a session with one place, of Amina's."""
    with database.writing() as session:
        amina = session.exec(select(User.id).where(User.name == "Amina Yusuf")).one()
        return plan(session, actor_of(session, amina), places=1, venue="Room 2").id


def seats() -> list[tuple[str, int | None, int | None]]:
    with database.reading() as session:
        query = select(Attendance.state, Attendance.confidence_before, Attendance.confidence_after)
        return sorted(session.exec(query).all())


@pytest.mark.parametrize("scripts", [True, False])
def test_a_session_from_booking_to_how_confident_they_are(come: Come, planned: int, scripts: bool):
    priya, cole, amina = (come(NARROW, scripts=scripts) for _ in range(3))
    for person, name in ((priya, "priya"), (cole, "cole"), (amina, "amina")):
        person.log_in(name)
    priya.go("/training")
    priya.follow("Book a place for Assigning")
    priya.choose("A little")
    priya.press("Book a place")
    assert "You have a place." in priya.words
    cole.go(f"/training/sessions/{planned}")
    cole.press("Join the waiting list")
    assert "You are number 1 on the waiting list" in cole.words
    assert seats() == [("booked", 3, None), ("waiting", None, None)]
    assert priya.page.get_by_role("link", name="Add it to your calendar").count() == 1
    priya.press("Give up my place")
    assert "You are off the list" in priya.words
    cole.go(f"/training/sessions/{planned}")
    assert "You have a place." in cole.words
    amina.go(f"/training/sessions/{planned}")
    amina.press("Change the session")
    amina.write("Where (optional)", "Room 3")
    amina.press("Save the change")
    assert "Room 3" in amina.words
    amina.choose("Dr Cole")
    amina.press("Save who came")
    cole.go(f"/training/sessions/{planned}/confidence")
    assert "assign and release modules?" in cole.words
    cole.press("Quite")
    assert "Your answer is saved" in cole.words
    assert seats()[0] == ("booked", None, 7)
    cole.go("/training/record")
    assert "Certificate (PDF) for Assigning" in cole.words


def test_a_session_is_cancelled_and_says_so(come: Come, planned: int):
    amina = come(NARROW)
    amina.log_in("amina")
    amina.go(f"/training/sessions/{planned}")
    amina.press("Cancel the session")
    amina.go(f"/training/sessions/{planned}")
    assert "This session was cancelled." in amina.words
    with database.reading() as session:
        assert session.get_one(TrainingSession, planned).starts_at > clock.now() + timedelta(days=1)
