"""Letters that can be answered: from whom they are, where an answer goes, and what comes back."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.mailbox import Mailbox
from navigator.jobs import delivery_failures
from navigator.jobs.runner import for_each_due
from navigator.mail_in.html_text import text_of
from navigator.mail_in.tables import MailState
from navigator.outbox import sender
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.reporter import ContactMethod, Reporter
from navigator.settings import settings
from navigator.tickets.actions.call_list import calls_to_make
from navigator.tickets.actions.contact import change_contact
from navigator.tickets.contact_inputs import ChangeContactInput
from navigator.tickets.enums import CallOutcome
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Ticket
from tests.mail_and_sms_servers import Mailbox as MailServer
from tests.mail_and_sms_servers import mail_server
from tests.navigator.mail_in.mails import DESK, PAT, arrive, give_mailbox, letter, many, reported, said_on
from tests.people import People

pytestmark = pytest.mark.both_engines


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as box:
        values = {"mail_host": "127.0.0.1", "mail_port": box.port, "mail_security": "none"}
        for name, value in values.items():
            monkeypatch.setenv(f"NAVIGATOR_{name.upper()}", str(value))
        settings.cache_clear()
        yield box


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    give_mailbox(session, people)
    return reported(session)


@pytest.fixture
def send(session: Session, ticket: Ticket, box: MailServer) -> Callable[..., EmailMessage]:
    """Send a letter to the reporter of the ticket, and take it from the server."""

    def send(template: str = "answered") -> EmailMessage:
        enqueue(session, template, Recipient.REPORTER, ticket.reporter_id, ticket_number=ticket.number)
        session.flush()
        sender.send_waiting()
        session.expire_all()
        return box.mails[-1]

    return send


def test_a_letter_names_its_service_threads_and_says_where_an_answer_goes(
    session: Session, people: People, ticket: Ticket, send: Callable[..., EmailMessage]
):
    first, second = send(), send("resolved")
    assert first["From"] == "North Talking Therapies <navigator-desk@localhost>"
    assert first["In-Reply-To"] == second["In-Reply-To"] == f"<ticket.{ticket.number}@localhost>"
    assert str(first["Reply-To"]).startswith("North Talking Therapies <desk+r")
    assert first["Reply-To"] != second["Reply-To"]
    answer = letter(to=str(first["Reply-To"]))
    assert arrive(session, people, answer).ticket_number == ticket.number


def test_the_words_are_the_same_in_plain_and_in_html(send: Callable[..., EmailMessage]):
    mail = send()
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain
    assert html
    words = " ".join(plain.get_content().split())
    assert "You can also answer this email." in words
    assert "9 June" in words
    assert " ".join(text_of(html.get_content()).split()) == words


def test_a_service_is_named_to_nobody_who_was_not_asked_if_it_is_safe(
    session: Session, ticket: Ticket, send: Callable[..., EmailMessage]
):
    session.get_one(Reporter, ticket.reporter_id).is_safe_to_contact = None
    session.flush()
    mail = send()
    assert mail["From"] == "navigator-desk@localhost"
    assert "North" not in mail.as_string()


def test_without_a_mailbox_a_letter_says_that_nobody_reads_an_answer(
    session: Session, people: People, send: Callable[..., EmailMessage]
):
    session.get_one(Mailbox, people.north).is_active = False
    session.flush()
    mail = send()
    body = mail.get_body(("plain",))
    assert body
    assert (mail["Reply-To"], "Nobody reads what is sent back" in body.get_content()) == (None, True)


def test_where_addresses_take_no_plus_the_mark_stands_in_a_header(
    session: Session, people: People, ticket: Ticket, send: Callable[..., EmailMessage]
):
    mailbox = session.get_one(Mailbox, people.north)
    mailbox.takes_plus, mailbox.sends_from = False, True
    session.flush()
    mail = send()
    assert (mail["Reply-To"], mail["From"]) == (None, f"North Talking Therapies <{DESK}>")
    answer = letter(to=DESK, head={"References": f"{mail['References']} {mail['Message-ID']}"})
    assert arrive(session, people, answer).ticket_number == ticket.number


def came_back(mail: EmailMessage, action: str = "failed", status: str = "5.1.1") -> bytes:
    """The report of a mail server that a letter did not arrive, as Postfix writes it."""
    return many(
        ("Content-Description: Notification\nContent-Type: text/plain", "This is the mail system."),
        (
            "Content-Type: message/delivery-status",
            f"Reporting-MTA: dns; mail.home.example\n\nFinal-Recipient: rfc822; {PAT}\n"
            f"Action: {action}\nStatus: {status}",
        ),
        (
            "Content-Type: text/rfc822-headers",
            f"Message-ID: {mail['Message-ID']}\nSubject: {mail['Subject']}",
        ),
        kind="report; report-type=delivery-status",
        sender="MAILER-DAEMON@mail.home.example",
        subject="Undelivered Mail Returned to Sender",
    )


ask_to_phone = for_each_due(delivery_failures.failed_messages, delivery_failures.go_on)


def test_what_comes_back_marks_the_contact_and_asks_for_a_call(
    session: Session, people: People, ticket: Ticket, send: Callable[..., EmailMessage]
):
    ticket.assignee_id = people.amina.user_id
    session.flush()
    assert arrive(session, people, came_back(send())).state == MailState.BOUNCE
    assert ask_to_phone() == 1
    session.expire_all()
    assert session.get_one(Reporter, ticket.reporter_id).not_arriving_since_at == clock.now()
    (call,) = calls_to_make(session, people.amina)
    assert (call.ticket.number, call.why) == (ticket.number, ["What we send them does not arrive"])
    assert len(said_on(session, ticket.number)) == 1
    contact = ChangeContactInput(route=ContactMethod.EMAIL, email="pat@work.example", is_safe=True)
    change_contact(session, people.amina, ticket.number, contact)
    session.flush()
    assert calls_to_make(session, people.amina) == []


def test_a_call_with_somebody_else_ends_nobodys_call(session: Session, people: People, ticket: Ticket):
    other = reported(session, "lee@home.example")
    for each in (ticket, other):
        each.assignee_id = people.amina.user_id
        session.get_one(Reporter, each.reporter_id).not_arriving_since_at = clock.now()
    spoke = PhoneCall(ticket_number=other.number, outcome=CallOutcome.SPOKE, purpose="access", direction="us")
    spoke.created_at = clock.now() + timedelta(minutes=1)
    session.add(spoke)
    session.flush()
    assert [call.ticket.number for call in calls_to_make(session, people.amina)] == [ticket.number]


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("relayed", "2.0.0")])
def test_a_delay_asks_for_nothing(
    session: Session, people: People, send: Callable[..., EmailMessage], action: str, status: str
):
    assert arrive(session, people, came_back(send(), action, status)).state == MailState.BOUNCE
    assert ask_to_phone() == 0


def test_nobody_can_have_a_letter_come_back_that_they_did_not_get(
    session: Session, people: People, ticket: Ticket, send: Callable[..., EmailMessage]
):
    mail = send()
    del mail["Message-ID"]
    mail["Message-ID"] = "<1.20260609090000000001@localhost>"
    assert arrive(session, people, came_back(mail)).state == MailState.AUTOMATIC
    assert session.exec(select(OutboxMessage)).one().failed_at is None


def test_an_answer_of_whoever_got_the_letter_ends_that_nothing_arrives(
    session: Session, people: People, ticket: Ticket, send: Callable[..., EmailMessage]
):
    reporter = session.get_one(Reporter, ticket.reporter_id)
    reporter.not_arriving_since_at = clock.now()
    session.flush()
    arrive(session, people, letter(to=str(send()["Reply-To"]), sender="Lee <lee@x.example>"))
    assert reporter.not_arriving_since_at is not None
    arrive(session, people, letter(to=str(send()["Reply-To"])))
    assert reporter.not_arriving_since_at is None


def test_an_answer_to_a_letter_to_staff_is_no_act_of_theirs(
    session: Session, people: People, ticket: Ticket, box: MailServer
):
    """T1 of the peers."""
    assert people.amina.user_id
    enqueue(session, "assigned", Recipient.USER, people.amina.user_id, ticket_number=ticket.number)
    session.flush()
    sender.send_waiting()
    answer = letter(
        "Done, close it", sender="amina@north.example", head={"In-Reply-To": box.mails[-1]["Message-ID"]}
    )
    mail = arrive(session, people, answer)
    assert (mail.state, mail.reason) == (MailState.UNSORTED, "staff_letter")
    assert len(said_on(session, ticket.number)) == 1
