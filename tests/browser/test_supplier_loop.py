"""A problem and its supplier at 320 pixels, with scripts and without: sent, promised, and tried again."""

from datetime import date

import pytest
from sqlmodel import col, select

from navigator import database
from navigator.catalogue.programme import Programme
from navigator.catalogue.supplier_terms import SupplierTerms
from navigator.people import private_links
from navigator.people.user import User
from navigator.problems import records, updates
from navigator.problems.inputs import NewProblemInput, StatusInput
from navigator.problems.problem import ProblemStatus
from navigator.problems.supplier_entry import SupplierEntry
from navigator.tickets.ticket import Event
from tests.browser.conftest import NARROW, WIDE, Come
from tests.navigator.tickets.report_factory import link_and_tell, tell
from tests.people import actor_of


@pytest.fixture
def number(address: str) -> int:
    """A ticket that is linked to a problem of a programme whose supplier has an address."""
    with database.writing() as session:
        amina = actor_of(session, session.exec(select(User.id).where(User.name == "Amina Yusuf")).one())
        fern = session.exec(select(Programme.id).where(Programme.code == "fern")).one()
        days = [1, 2, 5, None]
        session.add(
            SupplierTerms(
                programme_id=fern,
                email="desk@a-long-name-for-a-post-office.example",
                acknowledge_days=days,
                owner="Mo",
                review_on=date(2099, 1, 1),
            )
        )
        problem = records.open_problem(
            session,
            amina,
            NewProblemInput(
                service="north",
                programme="fern",
                category="access.forgotten_password",
                title="The app forgets passwords",
                steps="1. Open the app.",
                severity=1,
            ),
        )
        return link_and_tell(session, amina, tell(session), problem.id).number


@pytest.mark.parametrize(("screen", "scripts"), [(NARROW, False), (NARROW, True), (WIDE, True)])
def test_it_is_sent_and_what_they_say_is_kept(come: Come, number: int, screen: dict[str, int], scripts: bool):
    amina = come(screen, scripts=scripts)
    amina.log_in("amina")
    amina.go(f"/tickets/{number}/supplier")
    amina.press("I have read them: nobody can be told from them")
    assert "Amina Yusuf cleared them" in amina.words
    amina.go("/problems/1/supplier")
    assert "I forgot my password" in amina.words
    amina.press("Send it now")
    assert "It is on its way to the supplier." in amina.words
    amina.choose("They said that they have it")
    amina.press("Save")
    assert "What they said was saved." in amina.words
    with database.reading() as session:
        assert list(session.exec(select(SupplierEntry.kind).order_by(col(SupplierEntry.id)))) == [
            "sent",
            "acknowledged",
        ]


@pytest.mark.parametrize("scripts", [True, False])
def test_whoever_is_asked_to_try_again_says_that_it_is_still_broken(come: Come, number: int, scripts: bool):
    with database.writing() as session:
        amina = actor_of(session, session.exec(select(User.id).where(User.name == "Amina Yusuf")).one())
        told = StatusInput(status=ProblemStatus.RELEASED, body="Please update the app and try again.")
        updates.change_status(session, amina, 1, told)
        token = private_links.mint(session, number)
    patient = come(NARROW, scripts=scripts)
    patient.go(f"/t/{token}")
    assert "The company says that it is put right. Please try again." in patient.words
    patient.press("It is still broken")
    assert "Thank you. We look at it again." in patient.words
    with database.reading() as session:
        assert "still_broken" in set(session.exec(select(Event.action)))
