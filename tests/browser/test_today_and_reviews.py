"""What is seen without scrolling: Today of a busy navigator, and a clinical review with its outcome form."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock, database
from navigator.people.actor import ANONYMOUS
from navigator.people.user import User
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import ClinicalReview
from tests.browser.conftest import NARROW, WIDE, Come, Person
from tests.people import actor_of

MOST = 1200
"""Pixels of Today, 1280 wide."""
RISK = "It wants a rating again. I cannot go on like this, I want to die. " * 2
CALL_ME = {"route": "phone", "phone": "07700 900123", "is_safe": True}


def tell(session: Session, **told: Any) -> int:
    usual = {"service": "north", "programme": "fern", "category": "use.mood_rating_sync"}
    report = ReportInput.model_validate(usual | told)
    return staff.report(session, ANONYMOUS, report).ticket.number


def user(session: Session, name: str) -> int:
    return session.exec(select(User.id).where(User.name == name)).one()


@pytest.fixture
def much_to_do(address: str) -> None:
    """More of every kind for Amina than her page lists: late, before sessions, to call, and merely hers."""
    with database.writing() as session:
        mo = actor_of(session, user(session, "Mo Ali"))
        for n in range(24):
            soon = {"next_session": clock.today() + timedelta(days=1 + n % 5)} if n % 2 else {}
            told = {"text": "The page of my exercise is empty again, " * 3, **soon}
            number = tell(session, **told, contact=CALL_ME if n % 3 == 0 else {"route": "none"})
            staff.assign(session, mo, number, AssignInput(assignee_id=user(session, "Amina Yusuf")))


def height(person: Person) -> int:
    return int(person.page.evaluate("document.documentElement.scrollHeight"))


@pytest.mark.parametrize("scripts", [True, False])
def test_today_of_a_busy_navigator_is_a_page_and_a_half(come: Come, much_to_do: None, scripts: bool):
    amina = come(WIDE, scripts=scripts)
    amina.log_in("amina")
    assert amina.path == "/home"
    assert amina.page.locator("main tbody tr").count() == 11
    assert height(amina) <= MOST


def test_today_is_whole_on_a_phone(come: Come, much_to_do: None):
    amina = come(NARROW)
    amina.log_in("amina")


@pytest.fixture
def review(address: str) -> int:
    """An unread clinical review of an ordinary message, with something in every box of the report."""
    told = {"practitioner": "Dan Price", "support_code": "RTT-77", "next_session": clock.today()}
    contact = {"route": "email", "email": "pat@post.example", "is_safe": True, "needs": "Large letters"}
    with database.writing() as session:
        number = tell(session, text=RISK, **told, contact=contact)
        query = select(ClinicalReview.id).where(ClinicalReview.ticket_number == number)
        return session.exec(query).one()


def bottom(person: Person, selector: str) -> float:
    box = person.page.locator(selector).bounding_box()
    assert box, f"{selector} is not on the page"
    return box["y"] + box["height"]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_clinician_reads_the_words_and_writes_the_outcome_without_scrolling(
    come: Come, review: int, scripts: bool
):
    cole = come(WIDE, scripts=scripts)
    cole.log_in("cole")
    cole.go(f"/clinical-reviews/{review}")
    for seen in (".desk-said", ".desk-reach", "#outcome", "text=I have read this", "text=Save the outcome"):
        assert bottom(cole, seen) <= WIDE["height"], seen


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_link_to_pass_on_is_shown_at_every_size(come: Come, size: dict[str, int]):
    priya = come(size)
    priya.log_in("priya")
    priya.go("/desk/report")
    priya.choose("A patient")
    priya.write("In their words, or yours", "She cannot get in")
    priya.press("Save the report")
    priya.press("Show the link")
    assert "/t/" in priya.words
    priya.go("/home")
    priya.go("/desk")
