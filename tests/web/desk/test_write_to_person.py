"""A clinician writes to the person of a review: by the safe route, and through the checks of a reply."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people import private_links
from navigator.people.actor import reporter
from navigator.tickets.actions import clinical_review, staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.reporter import answer, reopen
from navigator.tickets.inputs import MergeInput, SayInput
from navigator.tickets.ticket import ClinicalReview, Message, Ticket
from tests.navigator.tickets.report_factory import outcome, tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.app import app

WORDS = "I am Dr Cole. I have read what you wrote. When can I call you?"
JO = {"route": "email", "email": "jo@x.example", "is_safe": True}


def told(session: Session, **contact: Any) -> ClinicalReview:
    number = tell(session, text="I want to end my life", contact=contact).number
    return session.exec(select(ClinicalReview).where(ClinicalReview.ticket_number == number)).one()


def letters(session: Session, template: str) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.template == template)
    return list(session.exec(query.order_by(col(OutboxMessage.id))))


def write(cole: Visitor, review: ClinicalReview, body: str = WORDS, button: str = "Send it") -> None:
    cole.get(f"/clinical-reviews/{review.id}")
    cole.get(cole.one(f"a[href='/clinical-reviews/{review.id}/message']").attributes["href"] or "")
    cole.press(button, body=body)


def followed(session: Session, number: int) -> str:
    page = Visitor(app)
    minted = private_links.mint(session, number)
    session.flush()
    page.get(f"/t/{minted}")
    return page.text


def test_what_a_clinician_writes_is_read_on_the_private_page(enter: Enter, session: Session, people: People):
    """11.A7: told by the route that they gave, the ticket and its clocks as they were, and written down."""
    review = told(session, **JO)
    ticket = session.get_one(Ticket, review.ticket_number)
    before = (ticket.status, ticket.first_replied_at, ticket.due_at)
    cole = enter("cole")
    cole.get(f"/clinical-reviews/{review.id}/message")
    assert "They are told by email that there is an answer, without its words." in cole.text
    write(cole, review)
    assert cole.path == f"/clinical-reviews/{review.id}"
    assert WORDS in cole.text
    assert WORDS in followed(session, ticket.number)
    (letter,) = letters(session, "answered")
    assert (letter.recipient, letter.recipient_id) == (Recipient.REPORTER, ticket.reporter_id)
    session.expire_all()
    assert (ticket.status, ticket.first_replied_at, ticket.due_at) == before
    amina = enter("amina")
    amina.get(f"/tickets/{ticket.number}/history")
    assert "Dr Cole wrote to the person" in amina.text


def test_who_writes_to_the_person_has_read_it(enter: Enter, session: Session, people: People):
    """Alerts went on, and the person read "will read what you wrote" above the clinician's answer to it."""
    review = told(session, **JO)
    write(enter("cole"), review)
    session.expire_all()
    assert (review.acknowledged_by, review.next_alert_at) == (people.cole.user_id, None)
    assert review.acknowledged_at
    page = followed(session, review.ticket_number)
    assert "has read what you wrote" in page
    assert "will read what you wrote" not in page


@pytest.mark.parametrize(
    ("contact", "says"),
    [
        (JO | {"is_safe": False}, "No message is sent: they read it by their private link."),
        ({"route": "none"}, "No message is sent: they read it when they open their private link."),
        ({"route": "phone", "phone": "07700 900982"}, "No message is sent: they read it when they open"),
        ({"route": "text", "phone": "07700 900982", "is_safe": True}, "They are told by text message"),
    ],
)
def test_the_page_says_how_they_are_told_and_so_it_is(
    enter: Enter, session: Session, people: People, contact: dict[str, Any], says: str
):
    """11.A7: "not safe to contact" stops every letter of a clinician too."""
    review = told(session, **contact)
    cole = enter("cole")
    cole.get(f"/clinical-reviews/{review.id}/message")
    assert says in cole.text
    write(cole, review)
    if contact.get("is_safe") is False:
        cole.press("Send it all the same", body=WORDS)
    assert WORDS in followed(session, review.ticket_number)
    assert len(letters(session, "answered")) == (1 if "text message" in says else 0)


def test_it_passes_the_checks_of_a_reply_once_for_each_text(enter: Enter, session: Session, people: People):
    """11.A7: the same outbound gate: a password, an NHS number or a strange number is asked about first."""
    review = told(session, **JO)
    cole = enter("cole")
    write(cole, review, "Your password is Sunny2024!")
    assert "There seems to be a password in it." in cole.text
    buttons = cole.page.css("main form .nhsuk-button")
    assert [one.text(strip=True) for one in buttons] == ["Send it", "Send it all the same"]
    cole.press("Send it")
    assert "There seems to be a password in it." in cole.text
    cole.press("Send it all the same", body="Your NHS number is 943 476 5919")
    assert "There seems to be an NHS number in it." in cole.text
    assert letters(session, "answered") == []
    cole.press("Send it all the same")
    assert len(letters(session, "answered")) == 1
    cole.get(f"/clinical-reviews/{review.id}/message")
    cole.press("Send it", body=" ")
    assert cole.problems == ["Enter what you want to say"]


@pytest.mark.parametrize("door", [answer, reopen])
def test_their_answer_is_told_to_the_clinicians(enter: Enter, session: Session, people: People, door: Any):
    """11.A7: by every door of a reporter; nobody is told of an answer to navigators alone."""
    review = told(session, **JO)
    number, said = review.ticket_number, SayInput(body="Yes, call me at five.")
    staff.wait(session, people.amina, number, SayInput(body="Does it work now?"))
    door(session, reporter(number), number, said)
    assert letters(session, "clinical_review_answer") == []
    clock.set_to(clock.now() + timedelta(minutes=1))
    write(enter("cole"), review)
    staff.wait(session, people.amina, number, SayInput(body="Does it work now?"))
    door(session, reporter(number), number, said)
    assert {letter.recipient for letter in letters(session, "clinical_review_answer")} == {"user", "contact"}
    assert all(
        letter.context == {"review": review.id} for letter in letters(session, "clinical_review_answer")
    )


def test_nobody_but_a_clinician_writes_so_and_only_while_it_is_open(
    enter: Enter, session: Session, people: People
):
    """11.A7: after the outcome nobody would read the answer as a clinician."""
    review = told(session, **JO)
    for who in ("amina", "mo", "priya"):
        visitor = enter(who)
        assert visitor.get(f"/clinical-reviews/{review.id}/message").status_code == 403
        assert visitor.post(f"/clinical-reviews/{review.id}/message", data={"body": WORDS}).status_code == 403
    sid = enter("sid")
    assert sid.get(f"/clinical-reviews/{review.id}/message").status_code == 404
    assert sid.post(f"/clinical-reviews/{review.id}/message", data={"body": WORDS}).status_code == 404
    cole = enter("cole")
    cole.get(f"/clinical-reviews/{review.id}/message")
    clinical_review.conclude(session, people.cole, review.id, outcome("Called her."))
    session.flush()
    assert cole.press("Send it", body=WORDS).status_code == 409
    assert cole.problems == ["This clinical review has already ended"]
    assert WORDS in cole.text
    assert session.exec(select(Message).where(Message.action == "write_to_person")).all() == []


def test_after_a_merge_only_the_person_reads_it(enter: Enter, session: Session, people: People):
    """11.A7: two reports named one address; what a clinician writes about one is for its reporter alone."""
    review = told(session, **JO)
    own = review.ticket_number
    target = tell(session, contact=JO).number
    merge(session, people.amina, own, MergeInput(into=target))
    session.flush()
    write(enter("cole"), review)
    (letter,) = letters(session, "answered")
    assert (letter.ticket_number, letter.recipient_id) == (own, session.get_one(Ticket, own).reporter_id)
    assert WORDS in followed(session, own)
    assert WORDS not in followed(session, target)
