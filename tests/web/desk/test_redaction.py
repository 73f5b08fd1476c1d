"""Words of a reporter are removed on the page: found or chosen, looked at, confirmed, and never kept."""

import pytest
from sqlmodel import Session, select

from navigator.tickets.ticket import Message
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter

SECRET = "Hunter2blue"


@pytest.fixture
def number(session: Session, people: People) -> int:
    number = tell(session, text=f"I cannot log in. My password is {SECRET}. I live in Leeds").number
    session.flush()
    return number


def said(session: Session, number: int) -> str:
    session.expire_all()
    return session.exec(select(Message.body).where(Message.ticket_number == number)).one()


def test_what_was_found_is_looked_at_and_removed(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/redaction")
    assert "This cannot be undone" in amina.text
    amina.press(f"Password “{SECRET}”")
    assert "My password is [removed]. I live in Leeds" in amina.text
    assert SECRET not in amina.text
    assert SECRET in said(session, number), "nothing is done before it was looked at"
    amina.press("Remove for good")
    assert amina.path == f"/tickets/{number}"
    assert "recorded, and not the words" in amina.text
    assert SECRET not in (amina.page.html or "")
    assert said(session, number) == "I cannot log in. My password is [removed]. I live in Leeds"


def test_words_are_chosen_and_changed(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/redaction")
    amina.press("Look at what is left", words="Leeds", reason="about_somebody")
    assert "I live in [removed]" in amina.text
    amina.press("Change it")
    assert amina.one("#words").text().strip() == "Leeds"
    amina.press("Look at what is left", words="in leeds", reason="about_somebody")
    amina.press("Remove for good")
    assert said(session, number) == f"I cannot log in. My password is {SECRET}. I live [removed]"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Enter the words, as they stand in the message"),
        ({"words": "Leeds"}, "Choose why"),
        ({"words": "Leeds", "reason": "because"}, "Choose why"),
        ({"words": "London", "reason": "mistake"}, "These words are not in that message"),
        ({"words": "L", "reason": "mistake"}, "These words are not in that message"),
    ],
)
def test_what_cannot_be_is_said_beside_it(
    enter: Enter, session: Session, number: int, typed: dict[str, str], says: str
):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/redaction")
    assert amina.press("Look at what is left", **typed).status_code == 422
    assert says in " ".join(amina.problems)
    assert SECRET in said(session, number)


def test_another_seen_is_no_confirmation(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/redaction")
    message = amina.one("[name=message][type=radio]").attributes["value"] or ""
    typed = {"message": message, "words": SECRET, "reason": "password", "seen": "0" * 16}
    amina.post(f"/tickets/{number}/redaction", data=typed)
    assert "Before you remove words" in amina.text
    assert SECRET in said(session, number)


@pytest.mark.parametrize(("who", "status"), [("mo", 403), ("priya", 404), ("cole", 404), ("sam", 404)])
def test_only_navigators_of_the_service_see_the_page(enter: Enter, number: int, who: str, status: int):
    assert enter(who).get(f"/tickets/{number}/redaction").status_code == status
