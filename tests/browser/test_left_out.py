"""Needs and offers on a ticket, large print on its reporter’s page, and what they think in eleven taps."""

import os
from datetime import date

import pytest
from sqlmodel import select

from navigator import clock, database
from navigator.catalogue.service import Service
from navigator.people import private_links
from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.tickets.actions import staff
from navigator.tickets.inclusion_offer import InclusionSetting
from navigator.tickets.inputs import ResolveInput
from navigator.tickets.ticket import Resolution
from navigator.usability.sus import STATEMENTS
from navigator.usability.tables import UsabilityAnswer, UsabilitySetting
from tests.browser.conftest import NARROW, WIDE, Come, Person
from tests.navigator.tickets.report_factory import tell
from tests.people import actor_of


def picture(person: Person, name: str) -> None:
    """Take a picture, if a folder for pictures is named."""
    if folder := os.environ.get("PICTURES_TO"):
        person.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def link(address: str) -> str:
    """The private link of a ticket that was put right, in a service that asks and offers."""
    with database.writing() as session:
        north = session.exec(select(Service).where(Service.code == "north")).one()
        answers_for = {"service_id": north.id, "owner": "Mo", "review_on": date(2027, 1, 1)}
        session.add(InclusionSetting.model_validate(answers_for | {"usual": ["device"], "own": []}))
        asks = {"asks_after_fix": True, "rounds": [clock.today().isoformat()], "round_days": 14}
        session.add(UsabilitySetting.model_validate(answers_for | asks))
        ticket = tell(session)
        amina = actor_of(session, session.exec(select(User.id).where(User.name == "Amina Yusuf")).one())
        fixed = ResolveInput(resolution=Resolution.FIXED, body="It works now.")
        staff.resolve(session, amina, ticket.number, fixed)
        return f"/t/{private_links.mint(session, ticket.number)}"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_one_tap_and_ten_numbers_on_a_phone(come: Come, link: str, scripts: bool):
    patient = come(NARROW, scripts)
    patient.go(link)
    patient.press("It works now")
    patient.look()
    picture(patient, f"left-out-asked-{scripts}")
    patient.press("Yes")
    assert "Your answer is kept without your name." in patient.words
    patient.leave_by(patient.page.get_by_role("link", name="in ten taps"))
    for n in range(1, len(STATEMENTS)):
        patient.page.locator(f"[name='answers.{n}'][value='{5 if n % 2 else 1}']").check()
    patient.press("Send my answers")
    patient.look()
    assert "Choose a number for 10. If you cannot say, choose 3" in patient.words
    picture(patient, f"left-out-missing-{scripts}")
    patient.page.locator("[name='answers.10'][value='1']").check()
    patient.press("Send my answers")
    assert "Your answer is kept without your name." in patient.words
    with database.reading() as session:
        assert sorted(session.exec(select(UsabilityAnswer.score))) == [100.0, 100.0]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_navigator_says_what_they_need_and_what_was_given(come: Come, link: str, scripts: bool):
    amina, patient = come(WIDE, scripts), come(NARROW, scripts)
    amina.log_in("amina")
    amina.go("/tickets/1/needs")
    amina.look()
    amina.page.get_by_label("Large print").check()
    amina.press("Save it")
    assert "Large print." in amina.words
    amina.go("/tickets/1/offers")
    amina.look()
    picture(amina, f"left-out-offer-{scripts}")
    amina.page.get_by_label("A device to borrow").check()
    amina.press("Record it")
    assert "Given: A device to borrow" in amina.words
    amina.press("They used it")
    assert "Used" in amina.words
    patient.go(link)
    patient.look()
    picture(patient, f"left-out-large-{scripts}")
    assert patient.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    with database.reading() as session:
        assert session.exec(select(Reporter.access_needs)).one() == ["large_print"]
