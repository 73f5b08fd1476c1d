"""How many screens and taps a report takes, at 320 pixels, with and without JavaScript (15.2)."""

import pytest
from playwright.sync_api import expect
from sqlmodel import Session, select

from navigator import database
from navigator.people.reporter import Reporter
from navigator.tickets.ticket import Ticket
from tests.browser.conftest import NARROW, Come, Person
from tests.browser.test_support_card import code  # noqa: F401 - a fixture

MOST_TAPS = 14
MOST_SCREENS, MOST_SCREENS_WITH_CARD = 8, 5
each_way = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


class Counter:
    """A patient whose every press, choice and step into a box is counted; to type is no tap."""

    def __init__(self, patient: Person) -> None:
        self.patient, self.taps, self.screens = patient, 0, [patient.path]

    def press(self, name: str) -> None:
        self.taps += 1
        self.patient.press(name)
        self.screens.append(self.patient.path)

    def choose(self, name: str) -> None:
        self.taps += 1
        self.patient.choose(name)

    def choose_day(self, n: int) -> None:
        self.taps += 1
        self.patient.page.locator("[name=known]").nth(n).check()

    def write(self, name: str, words: str) -> None:
        self.taps += 1
        self.patient.write(name, words)

    @property
    def asked(self) -> list[str]:
        """The screens from the first question to the one to check the answers."""
        return self.screens[: self.screens.index("/report/check") + 1]


def stored(session: Session) -> tuple[Ticket, Reporter]:
    ticket = session.exec(select(Ticket)).one()
    return ticket, session.get_one(Reporter, ticket.reporter_id)


@each_way
def test_a_forgotten_password_without_a_card(come: Come, scripts: bool) -> None:
    patient = come(NARROW, scripts=scripts)
    patient.go("/report")
    pat = Counter(patient)
    pat.choose("North Talking Therapies")
    pat.choose("Fern")
    pat.press("Continue")
    pat.press("I forgot my password or PIN")
    pat.choose("No, not yet")
    pat.press("No, it did not help")
    pat.choose_day(3)
    pat.press("Continue")
    pat.choose("By email")
    pat.write("Your email address", "pat@post.example")
    pat.choose("Yes, it is safe")
    pat.write("Your initials, and the email or phone number that the programme knows (optional)", "P.Q.")
    pat.press("Continue")
    pat.press("Confirm and send")
    assert "We have your report" in patient.words
    assert pat.asked == [
        "/report",
        *(f"/report/{name}" for name in ("words", "try", "session", "reach", "check")),
    ]
    assert len(pat.asked) <= MOST_SCREENS
    assert pat.taps <= MOST_TAPS
    with database.reading() as session:
        ticket, reporter = stored(session)
        assert (ticket.category, reporter.found_by) == ("access.forgotten_password", "P.Q.")
        assert ticket.session_on is not None


@each_way
def test_the_same_in_words(come: Come, scripts: bool) -> None:
    """One screen more, which asks if it is this."""
    patient = come(NARROW, scripts=scripts)
    patient.go("/report?service=north&programme=fern")
    pat = Counter(patient)
    pat.press("Continue")
    pat.write("Tell us what you see, or what does not work", "I forgot my password and cannot get in")
    pat.press("Continue")
    assert "Is it this?" in patient.words
    pat.press("I forgot my password or PIN")
    pat.press("I cannot try it now")
    pat.choose("I don’t know, or I have none")
    pat.press("Continue")
    pat.choose("Not at all")
    assert not patient.page.get_by_label("Yes, it is safe", exact=True).is_visible()
    pat.press("Continue")
    pat.press("Confirm and send")
    assert len(pat.asked) <= MOST_SCREENS
    assert pat.taps <= MOST_TAPS


@each_way
def test_with_a_card_in_the_hand(come: Come, code: str, scripts: bool) -> None:  # noqa: F811
    """Where, the session, the practitioner and how to reach them are known."""
    patient = come(NARROW, scripts=scripts)
    patient.go(f"/c/{code}")
    pat = Counter(patient)
    pat.write("Tell us what you see, or what does not work", "I forgot my password and cannot get in")
    pat.press("Continue")
    pat.press("I forgot my password or PIN")
    pat.press("No, it did not help")
    pat.press("Confirm and send")
    assert pat.asked == [f"/report/{name}" for name in ("words", "which", "try", "check")]
    assert len(pat.asked) <= MOST_SCREENS_WITH_CARD
    assert pat.taps <= MOST_TAPS
    with database.reading() as session:
        ticket, reporter = stored(session)
        assert (ticket.practitioner_is_confirmed, reporter.is_safe_to_contact) == (True, True)


def asked_how_to_be_reached(come: Come, *, scripts: bool) -> Person:
    """A patient who has told all but how to reach them."""
    patient = come(NARROW, scripts=scripts)
    patient.go("/report?service=north&programme=fern")
    patient.press("Continue")
    patient.press("I forgot my password or PIN")
    patient.press("No, it did not help")
    patient.choose("I don’t know, or I have none")
    patient.press("Continue")
    return patient


@each_way
def test_a_call_with_its_boxes_under_it(come: Come, scripts: bool) -> None:
    """The number, the best time and the voicemail stand under the call alone, and come to who calls."""
    patient = asked_how_to_be_reached(come, scripts=scripts)
    page = patient.page
    assert not page.get_by_label("Your phone number", exact=True).is_visible()
    patient.choose("By phone call")
    assert not page.get_by_label("Your email address", exact=True).is_visible()
    patient.choose("Yes, it is safe")
    patient.press("Continue")
    page.get_by_role("link", name="Enter the phone number that we should use").click()
    expect(page.locator("#call_phone")).to_be_focused()
    patient.write("Your phone number", "07700 900 982")
    patient.write("Best time to call (optional)", "After 4pm")
    page.locator("[name=voicemail_is_safe][value=no]").check()
    patient.press("Continue")
    assert "After 4pm" in patient.words
    patient.press("Confirm and send")
    amina = come(NARROW, scripts=scripts)
    amina.log_in("amina")
    amina.go("/tickets/1")
    assert "Leave no message: they said that it is not safe." in amina.words
    amina.press("Take it")
    amina.go("/desk/calls")
    assert "Best time: After 4pm" in amina.words
    assert "Leave no message: they said that it is not safe." in amina.words


@each_way
def test_quiet_hours_and_another_way_are_asked_once_and_kept(come: Come, scripts: bool) -> None:
    """Both stand folded; the ticket and the private link show what was said."""
    patient = asked_how_to_be_reached(come, scripts=scripts)
    page = patient.page
    assert not page.get_by_label("Until", exact=True).is_visible()
    patient.choose("By text message")
    patient.write("Your mobile phone number", "07700 900 982")
    page.get_by_text("If a text message does not arrive").click()
    page.locator("[name=other_email]").fill("pat@post")
    patient.choose("Yes, it is safe")
    page.get_by_text("Are there hours when we should not disturb you?").click()
    page.get_by_label("Do not text or phone me from", exact=True).select_option("22:00")
    patient.press("Continue")
    assert "Enter an email address in the correct format" in patient.words
    assert "Choose two different hours" in patient.words
    assert page.get_by_label("Until", exact=True).is_visible()  # what is wrong stands open
    page.locator("[name=other_email]").fill("pat@post.example")
    page.get_by_label("Until", exact=True).select_option("7:00")
    patient.press("Continue")
    assert "pat@post.example" in patient.words
    assert "From 22:00 to 7:00" in patient.words
    patient.press("Confirm and send")
    patient.leave_by(page.locator("main a[href^='/t/']").first)
    page.get_by_text("When not to disturb you").click()
    assert page.get_by_label("Until", exact=True).input_value() == "7"
    amina = come(NARROW, scripts=scripts)
    amina.log_in("amina")
    amina.go("/tickets/1")
    assert "If that does not arrive: email to pat@post.example" in amina.words
    assert "Not between 22:00 and 7:00" in amina.words
