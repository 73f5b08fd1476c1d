"""The demonstration’s channels: what came by mail and text lies where a person would look for it."""

from collections import Counter

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.mail_in.tables import Mail, MailState, UnsortedReason
from navigator.mail_in.unsorted import list_mail, mail_detail
from navigator.mail_in.watch import what_is_wrong
from navigator.outbox.texts_sent import TextsSent
from navigator.people.actor import Actor
from navigator.people.calendar_feeds import feed_by_token
from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.tickets.actions.call_list import calls_to_make
from navigator.tickets.bell import unread_of
from navigator.tickets.ticket import Audience, Author, Message, Status, Ticket
from tests.conftest import MOMENT
from tests.navigator.demo.conftest import Filled
from tests.navigator.demo.test_demo import who

pytestmark = pytest.mark.slow  # it is filled, which takes a minute


@pytest.fixture
def amina(demo: Session) -> Actor:
    return who(demo, "amina")


def mail_of(demo: Session, state: MailState) -> Mail:
    return demo.exec(select(Mail).where(Mail.state == state, col(Mail.subject) != "")).one()


def said(demo: Session, mail: Mail) -> Message:
    assert mail.message_id
    return demo.get_one(Message, mail.message_id)


def test_a_strangers_mail_waits_with_its_reason_and_nothing_alarms(demo: Session, amina: Actor):
    (waiting,) = list_mail(demo, amina, "unsorted")
    assert (waiting.reason, waiting.is_of_concern) == (UnsortedReason.STRANGER, False)
    assert "Can you help me" in mail_detail(demo, amina, waiting.id).text
    assert [mail.decision for mail in list_mail(demo, amina, "sorted") if mail.decision] == ["Advertising"]
    assert Counter(demo.exec(select(Mail.state))) == {
        "unsorted": 1, "joined": 2, "bounce": 1, "automatic": 1, "set_aside": 1,
    }  # fmt: skip
    assert what_is_wrong(demo, MOMENT) == ""


def test_a_letter_is_answered_by_mail_on_its_ticket(demo: Session):
    mail = demo.exec(select(Mail).where(Mail.state == MailState.JOINED, Mail.channel == "email")).one()
    answer, ticket = said(demo, mail), demo.get_one(Ticket, mail.ticket_number)
    assert (answer.author, answer.audience) == (Author.REPORTER, Audience.PUBLIC)
    assert answer.body.startswith("No, the phone shows my old email address.")
    assert "wrote:" not in answer.body
    assert (ticket.status, ticket.needs_answer_since_at is None) == (Status.OPEN, False)


def test_texts_go_both_ways_to_somebody_with_quiet_hours_who_reads_polish(demo: Session):
    text = demo.exec(select(Mail).where(Mail.channel == "text")).one()
    ticket = demo.get_one(Ticket, text.ticket_number)
    assert "the page is white" in said(demo, text).body
    reporter = demo.get_one(Reporter, ticket.reporter_id)
    assert (reporter.quiet_from_hour, reporter.quiet_until_hour, reporter.page_language) == (21, 9, "pl")
    assert demo.exec(select(TextsSent.texts)).all() == [1]
    assert [service.code for service in demo.exec(select(Service)) if service.text_pence] == ["riverside"]


def test_whom_nothing_reaches_is_to_be_called(demo: Session):
    back = mail_of(demo, MailState.BOUNCE)
    ticket = demo.get_one(Ticket, back.ticket_number)
    reporter = demo.get_one(Reporter, ticket.reporter_id)
    assert reporter.not_arriving_since_at
    with clock.stopped_at(MOMENT):
        calls = calls_to_make(demo, who(demo, "amina"))
    (call,) = (call for call in calls if call.ticket.number == ticket.number)
    assert call.why == ["What we send them does not arrive"]
    assert call.phone


def test_staff_have_a_bell_a_daily_mail_and_a_calendar(demo: Session, filled: Filled, amina: Actor):
    user = demo.get_one(User, amina.user_id)
    assert user.mail_choices == {"given": "daily", "resolved": "daily"}
    assert unread_of(demo, [user.id])[user.id].unread > 0
    lines = (filled.folder / "demonstration.txt").read_text().splitlines()
    tokens = [line.rsplit("/", 1)[1].removesuffix(".ics") for line in lines if line.startswith("Calendar of")]
    owners = [feed_by_token(demo, token) for token in tokens]
    assert [each and each.user_id for each in owners] == [amina.user_id, who(demo, "tom").user_id]
