"""A card in the hand: opened at 320 pixels, with scripts and without, and what the desk makes of it."""

import pytest
from sqlmodel import select

from navigator import database
from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.support_cards import cards
from navigator.tickets.ticket import Ticket
from tests.browser.conftest import NARROW, WIDE, Come
from tests.navigator.support_cards.card_factory import card_input
from tests.people import actor_of


@pytest.fixture
def code(address: str) -> str:
    """The code of a card of Priya’s."""
    with database.writing() as session:
        priya = session.exec(select(User.id).where(User.name == "Priya Shah")).one()
        return cards.make_card(session, actor_of(session, priya), card_input()).code


@pytest.mark.parametrize("scripts", [True, False])
def test_a_patient_scans_a_card_and_tells_a_problem_on_four_screens(come: Come, code: str, scripts: bool):
    patient = come(NARROW, scripts=scripts)
    patient.go(f"/c/{code}")
    assert "From your card we know" in patient.words
    screens = [patient.path]
    for button in ("I forgot my password or PIN", "No, it did not help", "Confirm and send"):
        patient.press(button)
        screens.append(patient.path)
    assert screens == [f"/report/{name}" for name in ("words", "try", "check", "sent")]
    with database.reading() as session:
        ticket = session.exec(select(Ticket)).one()
        assert ticket.practitioner_is_confirmed
        assert session.get_one(Reporter, ticket.reporter_id).support_code == code


@pytest.mark.parametrize("scripts", [True, False])
def test_a_code_is_typed_a_slip_is_told_and_a_lost_card_leads_on(come: Come, code: str, scripts: bool):
    patient = come(NARROW, scripts=scripts)
    patient.go("/card")
    patient.write("The code on your card", "7K3 M9P QX2D")
    patient.press("Continue")
    assert "Check the code" in patient.words
    patient.write("The code on your card", "7K3 M9P QX2C")
    patient.press("Continue")
    assert "This card does not work any more" in patient.words
    patient.follow("Type the code again")
    patient.write("The code on your card", code.replace("-", " ").lower())
    patient.press("Continue")
    assert "From your card we know" in patient.words


@pytest.mark.parametrize("screen", [NARROW, WIDE])
def test_a_practitioner_makes_prints_and_ends_cards(come: Come, code: str, screen: dict[str, int]):
    priya = come(screen)
    priya.log_in("priya")
    priya.go("/cards/new")
    priya.write("Which patient, in words of your own", "Wednesday 11am")
    priya.press("Make the card")
    priya.go("/cards")
    for box in priya.page.locator("input[name=card]").all():
        box.check()
    priya.press("Print the ticked cards")
    assert priya.page.locator(".desk-sheet svg").count() == 2
    priya.page.emulate_media(media="print")
    assert priya.page.locator("header").is_hidden()
    priya.page.emulate_media(media="screen")
    priya.go("/cards/list")
    priya.page.fill("#text", "label,programme\nFriday,fern\n,fern")
    priya.press("Look what it would make")
    assert "Line 3, label" in priya.words
    priya.go("/cards/1")
    priya.press("End this card")
    assert "Tuesday 3pm" not in priya.words
