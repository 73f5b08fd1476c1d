"""Macros: a reply to hand chooses what is done with it, visibly; all of it is done or nothing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.service import Service
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Event, Message, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter

ASK = "Which phone do you use?"


@pytest.fixture
def number(session: Session, people: People) -> int:
    body = "{greeting},\n\nyour session is on {session_day}.\n\n{signature}"
    rows: dict[str, dict[str, Any]] = {
        "Which phone": {"body": ASK, "does": "wait", "sort_as": "use.feature_fault", "follow_up": "5_days"},
        "Only words": {"body": "Hello."},
        "Their session": {"body": body},
    }
    for title, row in rows.items():
        session.add(CannedReply(service_id=people.north, code=title[0], title=title, **row))
    session.flush()
    return tell(session).number


@pytest.fixture
def amina(enter: Enter, number: int) -> Visitor:
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    return amina


def ticket_of(session: Session, number: int) -> Ticket:
    session.expire_all()
    return session.get_one(Ticket, number)


def said(session: Session) -> list[str]:
    return [*session.exec(select(Message.body).where(Message.author == "staff")).all()]


def chosen(amina: Visitor, name: str) -> str:
    option = amina.one(f"#{name} option[selected]")
    return option.text(strip=True)


def test_what_it_does_is_said_before_it_is_used(amina: Visitor) -> None:
    line = next(one for one in amina.page.css("li") if "Which phone" in one.text())
    assert "Wait for their answer. " in line.text()
    assert "Remind me in 5 working days" in line.text()


def test_it_is_chosen_visibly_and_nothing_is_done_yet(amina: Visitor, session: Session, number: int) -> None:
    amina.press("Which phone", body="Hello Pat,")
    assert amina.one("#body").text().strip() == f"Hello Pat,\n\n{ASK}"
    assert chosen(amina, "does") == "Wait for their answer"
    assert chosen(amina, "follow_up") == "Remind me in 5 working days"
    assert (ticket_of(session, number).status, said(session)) == ("new", [])


def test_all_of_it_is_done_in_one(amina: Visitor, session: Session, number: int) -> None:
    amina.press("Which phone")
    amina.press("Send")
    ticket = ticket_of(session, number)
    assert (ticket.status, ticket.category) == ("waiting_for_reporter", "use.feature_fault")
    assert ticket.snoozed_until_at
    assert said(session) == [ASK]
    actions = session.exec(select(Event.action).where(Event.ticket_number == number).order_by(col(Event.id)))
    assert [action for action in actions if action != "assign"] == [
        "report",
        "triage",
        "triage",
        "wait",
        "snooze",
    ]


def test_it_can_be_changed_before_it_is_sent(amina: Visitor, session: Session, number: int) -> None:
    amina.press("Which phone")
    amina.press("Send", does="", sort_as="", follow_up="")
    ticket = ticket_of(session, number)
    assert (ticket.status, ticket.category) == ("open", "access.forgotten_password")
    assert not ticket.snoozed_until_at


def test_what_was_chosen_stays_when_only_words_are_added(amina: Visitor) -> None:
    amina.press("Which phone")
    amina.press("Only words")
    assert chosen(amina, "does") == "Wait for their answer"


def test_what_cannot_be_done_is_refused_whole_and_nothing_typed_is_lost(
    amina: Visitor, session: Session, number: int
) -> None:
    amina.press("Send", body="Hello", does="fixed", follow_up="morning")
    assert amina.problems == ["What has ended has no next step. Choose one of the two."]
    assert amina.one("#body").text().strip() == "Hello"
    assert (ticket_of(session, number).status, said(session)) == ("new", [])


def test_a_call_that_nobody_took_is_logged_with_it(amina: Visitor, session: Session, number: int) -> None:
    amina.press("Send", body="I tried to call you.", follow_up="call_again")
    assert session.exec(select(PhoneCall.outcome)).all() == ["no_answer"]
    assert ticket_of(session, number).next_call_at


def test_undo_brings_back_words_and_choices(amina: Visitor, session: Session, number: int) -> None:
    amina.press("Which phone")
    amina.press("Send")
    assert "Sent in 10 s." in amina.text
    assert "Not sent yet." in amina.text
    amina.press("Undo")
    assert "Taken back. Your words are in the reply box." in amina.text
    assert amina.one("#body").text().strip() == ASK
    assert chosen(amina, "does") == "Wait for their answer"
    ticket = ticket_of(session, number)
    assert (ticket.status, ticket.category, ticket.snoozed_until_at) == (
        "new",
        "access.forgotten_password",
        None,
    )
    assert said(session) == []
    letters = select(OutboxMessage).where(OutboxMessage.template == "waiting_for_you")
    assert session.exec(letters.where(OutboxMessage.recipient == Recipient.REPORTER)).all() == []


def test_what_was_taken_back_can_be_sent_again_from_the_page_before(
    amina: Visitor, session: Session, number: int
) -> None:
    page = amina.page
    amina.press("Send", body="Hello there")
    amina.press("Undo")
    assert said(session) == []
    amina.page = page  # the browser's Back
    assert amina.press("Send", body="Hello there").status_code == 409  # the ticket moved twice
    assert amina.one("#body").text().strip() == "Hello there"
    amina.press("Send")
    assert said(session) == ["Hello there"]


def test_two_presses_are_one_message(amina: Visitor, session: Session, number: int) -> None:
    page = amina.page
    amina.press("Send", body="Hello there")
    amina.page = page
    amina.press("Send", body="Hello there")
    assert "You pressed more than once. It was done once." in amina.text
    assert said(session) == ["Hello there"]


def test_too_late_is_said_in_words(amina: Visitor, session: Session, number: int) -> None:
    amina.press("Send", body="Hello")
    clock.set_to(clock.now() + timedelta(seconds=11))
    assert amina.press("Undo").status_code == 409
    assert amina.problems == ["It has left. It cannot be taken back any more."]
    assert said(session) == ["Hello"]


def test_a_service_that_sends_at_once_says_so(
    amina: Visitor, session: Session, people: People, number: int
) -> None:
    session.get_one(Service, people.north).undo_seconds = 0
    session.flush()
    amina.press("Send", body="Hello")
    assert "Sent." in amina.text
    assert not amina.page.css("form[action$='/undo']")


def test_a_fact_that_is_not_known_is_a_gap_that_is_not_sent(
    amina: Visitor, session: Session, number: int
) -> None:
    amina.press("Their session")
    body = amina.one("#body").text().strip()
    assert body.startswith("Good morning,")
    assert body.endswith("Amina Yusuf\nNorth Talking Therapies")
    assert "[fill in: the day of their next session]" in body
    amina.press("Send")
    assert amina.problems == ["Fill this in, or take it out: [fill in: the day of their next session]"]
    assert said(session) == []
    amina.press("Send", body=body.replace("[fill in: the day of their next session]", "Friday"))
    assert len(said(session)) == 1


def test_a_fact_that_is_known_is_filled_in(enter: Enter, session: Session, number: int) -> None:
    ticket_of(session, number).session_on = clock.today() + timedelta(days=3)
    session.get_one(Ticket, number).version += 0
    amina = enter("amina")
    amina.get(f"/tickets/{number}?use=T")
    assert "your session is on Friday 12 June." in amina.one("#body").text()


@pytest.mark.parametrize(
    ("page", "button"), [("waiting", "wait for them"), ("parking", "leave it to the supplier")]
)
def test_a_page_of_its_own_asks_what_else(
    enter: Enter, session: Session, number: int, page: str, button: str
) -> None:
    amina = enter("amina")
    amina.get(f"/tickets/{number}/{page}")
    assert not amina.page.css("#does")
    amina.press("Which phone")
    amina.press(f"Send and {button}")
    assert ticket_of(session, number).category == "use.feature_fault"
    assert ticket_of(session, number).snoozed_until_at
