"""Pages beside the questions at 320 and 1280 pixels, with and without JavaScript, seen by axe."""

from typing import Any

import pytest
from sqlmodel import select

from navigator import database
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.problems.problem import Problem
from tests.browser.conftest import NARROW, WIDE, Come


@pytest.fixture
def outage(address: str) -> None:
    """An outage of the programme that everybody may read of, and a booking line."""
    with database.writing() as session:
        north = session.exec(select(Service).where(Service.code == "north")).one()
        fern = session.exec(select(Programme.id)).one()
        problem = Problem(
            service_id=north.id, programme_id=fern, category="use.outage_or_error", title="Down"
        )
        problem.is_public = problem.is_outage = True
        session.add(problem)
        session.add(
            Contact(service_id=north.id, kind="booking", role_name="Booking line", phone="01632 960105")
        )


@pytest.mark.parametrize(("screen", "scripts"), [(NARROW, False), (WIDE, True)])
def test_pages_beside_the_questions(come: Come, outage: None, screen: dict[str, int], scripts: bool):
    """11.E: one tap, an address, and on to the whole report; 11.D11: a closed service on the way."""
    pat = come(screen, scripts=scripts)
    pat.go("/report?service=north&programme=fern")
    pat.press("Continue")
    assert pat.path == "/report/known"
    pat.press("I have this too")
    pat.write("Your email address", "pat at post")
    pat.press("Tell me")
    pat.write("Your email address", "pat@post.example")
    pat.press("Tell me")
    assert "We write to you once" in pat.words
    pat.press("Tell us your problem")
    pat.write("Tell us what you see, or what does not work", "I need to cancel my session on Monday")
    pat.press("Continue")
    assert pat.path == "/report/turn-to"
    _close()
    pat.press("Continue")
    assert "takes no reports here at the moment" in pat.words


def _close() -> None:
    with database.writing() as session:
        rows: Any = session.exec(select(CrisisWording).join(Service).where(Service.code == "north"))
        session.delete(rows.one())
