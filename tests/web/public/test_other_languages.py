"""What is not written in English: a person reads it, it is marked, and the reporter is told (11.A6)."""

from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator.people.actor import reporter as by_link
from navigator.tickets.actions import reporter, staff
from navigator.tickets.actions.clinical_review import acknowledge, conclude
from navigator.tickets.inputs import SayInput
from navigator.tickets.ticket import ClinicalReview, Message
from tests.navigator.tickets.report_factory import outcome, tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from tests.web.report_journey import report
from web.app import app

POLISH = "Nie mogę się zalogować do aplikacji."
WELSH = "Dydw i ddim yn gallu mewngofnodi i fy nghyfrif."
URDU = "میرا پاس ورڈ کام نہیں کر رہا"
CRISIS = "Nie chcę już żyć"
TOLD = "Your message may not be in English"


def reviews(session: Session) -> list[ClinicalReview]:
    session.expire_all()
    return list(session.exec(select(ClinicalReview).order_by(ClinicalReview.id)))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [POLISH, WELSH, URDU])
def test_its_reporter_is_told_that_a_person_reads_it(
    enter: Enter, session: Session, people: People, text: str
):
    """11.A6: it passed silently, or raised a crisis alarm."""
    pat = Visitor(app)
    link = report(pat, words={"text": text})
    assert "We have your report" in pat.text
    assert TOLD in pat.text
    assert "will read what you wrote" in pat.text
    pat.get(link)
    assert TOLD in pat.text
    (review,) = reviews(session)
    assert review.reasons == ["not checked: language"]
    number = review.ticket_number
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    assert "Not checked: language" in amina.text
    assert "A clinician must read this" not in amina.text
    cole = enter("cole")
    cole.get("/clinical-reviews")
    assert "Not checked: language" in cole.text
    acknowledge(session, people.cole, review.id)
    session.flush()
    pat.get(link)
    assert "has read what you wrote" in pat.text
    conclude(session, people.cole, review.id, outcome("Read with an interpreter: a log-in."))
    session.flush()
    pat.get(link)
    assert TOLD not in pat.text


def test_nothing_is_suggested_of_words_that_no_suggestion_was_learned_from(people: People):
    """It asked a Pole who could not log in whether it is not in their language."""
    pat = Visitor(app)
    pat.post("/report/place", data={"service": "north", "programme": "fern"})
    pat.post("/report/words", data={"text": "Nie mogę się zalogować, zapomniałem hasła"})
    assert pat.path == "/report/session"


def test_a_known_phrase_of_crisis_is_answered_like_any_other(session: Session, people: People):
    """11.A6: known phrases in the ten languages most spoken in England besides English."""
    pat = Visitor(app)
    report(pat, words={"text": CRISIS})
    assert "Thank you for telling us" in pat.text
    assert "Please do not wait for us" in pat.text
    (review,) = reviews(session)
    assert "words of risk in Polish" in review.reasons[0]
    assert "not checked: language" in review.reasons


def test_an_answer_in_another_language_is_marked_and_read(enter: Enter, session: Session, people: People):
    pat = Visitor(app)
    pat.get(report(pat))
    pat.press("Send", body=POLISH)
    assert "Your message was sent" in pat.text
    assert TOLD in pat.text
    (review,) = reviews(session)
    amina = enter("amina")
    amina.get(f"/tickets/{review.ticket_number}")
    assert "Not checked: language perhaps Polish" in amina.text
    pat.press("Send", body=CRISIS)
    assert "Thank you for telling us" in pat.text


def test_one_review_for_what_nobody_has_begun_to_read_and_another_after(session: Session, people: People):
    """A clinician who is told already is not told again, and hears of what came after they had read."""
    ticket = tell(session, text=POLISH)
    for body in (POLISH, URDU):
        reporter.answer(session, by_link(ticket.number), ticket.number, SayInput(body=body))
    (review,) = reviews(session)
    messages = session.exec(
        select(Message).where(Message.ticket_number == ticket.number).order_by(col(Message.id))
    ).all()
    assert [message.unchecked_language for message in messages] == ["pl", "pl", "ur"]
    acknowledge(session, people.cole, review.id)
    reporter.answer(session, by_link(ticket.number), ticket.number, SayInput(body=POLISH))
    assert len(reviews(session)) == 2


@pytest.mark.parametrize("told", [{"category": "divert.risk"}, {"contact": {"needs": "I want to die"}}])
def test_that_it_was_not_checked_never_stands_for_risk(
    session: Session, people: People, told: dict[str, Any]
):
    """The review of a language is none of risk: what a report chooses or says elsewhere opens its own."""
    ticket = tell(session, text=POLISH, **told)
    assert any(not review.is_of_language for review in reviews(session))
    assert ticket.has_open_review


def test_what_staff_write_is_not_marked(session: Session, people: People):
    ticket = tell(session)
    staff.note(session, people.amina, ticket.number, SayInput(body=POLISH))
    assert reviews(session) == []


def test_needs_in_another_language_are_read_too(session: Session, people: People):
    tell(session, contact={"route": "none", "needs": "Potrzebuję tłumacza języka polskiego"})
    (review,) = reviews(session)
    assert review.reasons == ["not checked: language"]
