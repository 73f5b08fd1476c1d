"""Texts both ways: every receipt of Notify, and texts that come in, by its callbacks as published."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.jobs import delivery_failures
from navigator.jobs.runner import for_each_due
from navigator.mail_in.tables import Mail, MailState
from navigator.mail_in.unsorted import JoinInput, ReportOfMailInput, join, make_report
from navigator.outbox import sender
from navigator.outbox.text_parts import parts_of
from navigator.outbox.texts_sent import TextsSent
from navigator.people.actor import SYSTEM
from navigator.people.private_links import mint
from navigator.people.reporter import ContactMethod, Reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.call_list import calls_to_make
from navigator.tickets.actions.contact import change_contact
from navigator.tickets.actions.reporter import reporter_by_link
from navigator.tickets.contact_inputs import ChangeContactInput
from navigator.tickets.detail import ticket_detail
from navigator.tickets.lifecycle import record
from navigator.tickets.ticket import Audience, Channel, ClinicalReview, Message, Status, Ticket
from tests.navigator.mail_in.mails import give_mailbox
from tests.navigator.mail_in.text_desk import NUMBER, TextDesk, text_desk
from tests.navigator.support_cards.card_factory import make
from tests.people import People

ask_to_phone = for_each_due(delivery_failures.failed_messages, delivery_failures.go_on)


@pytest.fixture
def desk(session: Session, people: People, monkeypatch: pytest.MonkeyPatch) -> Iterator[TextDesk]:
    with text_desk(session, monkeypatch) as desk:
        yield desk


def reporter_of(session: Session, ticket: Ticket) -> Reporter:
    return session.get_one(Reporter, ticket.reporter_id)


def test_what_arrived_is_known_and_counted_in_parts(session: Session, people: People, desk: TextDesk):
    ticket = desk.ticket()
    reporter_of(session, ticket).not_arriving_since_at = clock.now()
    session.flush()
    assert desk.call("receipts", desk.notify.receipt("delivered")) == 204
    (letter,) = desk.letters()
    assert (letter.delivered_at, letter.failed_at) == (clock.now(), None)
    assert reporter_of(session, ticket).not_arriving_since_at is None
    assert NUMBER[1:] not in letter.sent_to_hash
    (count,) = session.exec(select(TextsSent))
    body = "North: " + desk.notify.asked[0][2]["personalisation"]["message"]
    assert (count.service_id, count.texts, count.parts) == (people.north, 1, parts_of(body))


def test_a_number_that_is_none_is_called_about(session: Session, people: People, desk: TextDesk):
    ticket = desk.ticket()
    ticket.assignee_id = people.amina.user_id
    session.flush()
    receipt = desk.notify.receipt("permanent-failure")
    assert [desk.call("receipts", receipt) for _ in range(2)] == [204, 204]
    assert ask_to_phone() == 1
    session.expire_all()
    (call,) = calls_to_make(session, people.amina)
    assert (call.ticket.number, call.why) == (ticket.number, ["What we send them does not arrive"])
    assert len(desk.notify.asked) == 1


@pytest.mark.parametrize("status", ["temporary-failure", "technical-failure"])
def test_what_does_not_arrive_for_now_is_sent_again_and_then_called_about(
    session: Session, people: People, desk: TextDesk, status: str
):
    desk.ticket()
    for sent in (1, 2, 3):
        assert len(desk.notify.asked) == sent
        receipt = desk.notify.receipt(status)
        assert [desk.call("receipts", receipt) for _ in range(2)] == [204, 204]  # twice, and counted once
        sender.send_waiting()
        assert len(desk.notify.asked) == sent  # not at once
        clock.set_to(clock.now() + timedelta(hours=1, minutes=1))
        sender.send_waiting()
        session.expire_all()
    assert len(desk.notify.asked) == 3
    assert ask_to_phone() == 1


def test_a_receipt_of_another_desk_or_an_earlier_try_changes_nothing(session: Session, desk: TextDesk):
    desk.ticket()
    receipt = desk.notify.receipt("permanent-failure")
    for other in ({"id": "not-ours"}, {"reference": "999"}, {"reference": "x"}, {"reference": "٣"}):
        assert desk.call("receipts", receipt | other) == 204
    assert desk.letters()[0].failed_at is None
    assert desk.call("receipts", receipt | {"status": "sold"}) == 400
    assert desk.call("receipts", [receipt]) == 400


def test_a_receipt_that_overtakes_its_text_is_asked_for_again(session: Session, desk: TextDesk):
    desk.ticket()
    (letter,) = desk.letters()
    letter.sent_at, letter.provider_id, letter.claimed_until_at = None, "", clock.now() + timedelta(minutes=1)
    session.flush()
    assert desk.call("receipts", desk.notify.receipt("delivered")) == 503
    assert desk.letters()[0].delivered_at is None


def test_nobody_else_calls(session: Session, desk: TextDesk, monkeypatch: pytest.MonkeyPatch):
    desk.ticket()
    for token in ("", "wrong"):
        assert desk.call("receipts", desk.notify.receipt("permanent-failure"), token or "x") == 401
    assert desk.letters()[0].failed_at is None
    assert {desk.call("texts", {}, "wrong") for _ in range(40)} == {401, 429}
    large = desk.notify.received("a" * 60_000)
    assert desk.call("texts", large) == 413
    assert session.exec(select(Mail)).all() == []


def test_a_text_is_put_on_the_one_ticket_that_was_texted_and_its_link_shows_nothing_of_it(
    session: Session, people: People, desk: TextDesk
):
    ticket = desk.ticket()
    mail = desk.comes("It still does not open")
    assert desk.call("texts", desk.notify.received("It still does not open")) == 204
    assert (mail.state, mail.ticket_number) == (MailState.JOINED, ticket.number)
    (said,) = session.exec(select(Message).where(Message.id == mail.message_id))
    assert said.body == "[By text from …0123. Who sent it is not proven.]\n\nIt still does not open"
    assert said.audience == Audience.STAFF
    assert len(session.exec(select(Mail)).all()) == 1
    actor = reporter_by_link(session, mint(session, ticket.number))
    assert actor
    assert "open" not in str([one.body for one in ticket_detail(session, actor, ticket.number).messages])


def test_words_of_risk_are_read_by_a_clinician_and_answered_with_where_to_turn(
    session: Session, people: People, desk: TextDesk
):
    ticket = desk.ticket()
    mail = desk.comes("I want to kill myself")
    assert mail.is_of_concern
    assert [one.ticket_number for one in session.exec(select(ClinicalReview))] == [ticket.number]
    assert "mail_of_concern" in [letter.template for letter in desk.letters()]


def test_an_answer_to_what_was_resolved_opens_it_again(session: Session, desk: TextDesk):
    ticket = desk.ticket()
    ticket_number = ticket.number

    record(session, SYSTEM, Action.RESOLVE, ticket, Status.RESOLVED)
    ticket.resolved_at = clock.now()
    session.flush()
    desk.comes("No, it is the same")
    assert session.get_one(Ticket, ticket_number).status == Status.OPEN


def test_of_several_tickets_a_person_chooses(session: Session, people: People, desk: TextDesk):
    first, second = desk.ticket(), desk.ticket()
    mail = desk.comes("It still does not open")
    assert (mail.state, mail.reason) == (MailState.UNSORTED, "several")
    join(session, people.amina, mail.id, JoinInput.model_validate({"number": str(second.number)}))
    assert mail.state == MailState.JOINED
    assert first.number != second.number


@pytest.mark.parametrize(
    ("message", "state"), [("Hello", "unsorted"), ("I want to die", "reported"), ("", "unsorted")]
)
def test_a_number_that_nobody_texted_is_a_stranger(
    session: Session, people: People, desk: TextDesk, message: str, state: str
):
    assert desk.comes(message, number="447700900999").state == state


def test_what_was_texted_long_ago_joins_nothing(session: Session, desk: TextDesk):
    desk.ticket()
    clock.set_to(clock.now() + timedelta(days=15))
    assert desk.comes("Hello").reason == "stranger"


def test_a_stranger_becomes_a_report_that_is_answered_by_text_where_the_service_wants_that(
    session: Session, people: People, desk: TextDesk
):
    give_mailbox(session, people, strangers="report")
    mail = desk.comes("The app does not open", number="447700900999")
    ticket = session.get_one(Ticket, mail.ticket_number)
    reporter = reporter_of(session, ticket)
    assert (ticket.channel, reporter.contact_method) == (Channel.TEXT, ContactMethod.TEXT)
    assert reporter.phone == "+447700900999"


def test_a_navigator_makes_a_report_of_it(session: Session, people: People, desk: TextDesk):
    mail = desk.comes("The app does not open", number="447700900999")
    number = make_report(session, people.amina, mail.id, ReportOfMailInput(answers=True))
    ticket = session.get_one(Ticket, number)
    assert (ticket.channel, reporter_of(session, ticket).phone) == (Channel.TEXT, "+447700900999")


@pytest.mark.parametrize("message", ["STOP", " stop. ", "Unsubscribe!"])
def test_stop_ends_texts_to_a_number_until_somebody_changes_how_to_reach_them(
    session: Session, people: People, desk: TextDesk, message: str
):
    ticket = desk.ticket()
    mail = desk.comes(message)
    assert (mail.state, mail.reason, mail.ticket_number) == (MailState.UNSORTED, "stop", ticket.number)
    assert reporter_of(session, ticket).texts_stopped_at == clock.now()
    desk.text(ticket)
    assert len(desk.notify.asked) == 1
    contact = ChangeContactInput(route=ContactMethod.TEXT, phone="07700 900123", is_safe=True)
    change_contact(session, people.amina, ticket.number, contact)
    desk.text(ticket)
    assert len(desk.notify.asked) == 3  # that it was changed, and this one


def test_stop_ends_texts_about_an_old_ticket_and_a_card_too(session: Session, people: People, desk: TextDesk):
    ticket = desk.ticket()
    contact = {"route": "text", "phone": NUMBER, "is_safe": True}
    card = make(session, people.priya, contact=contact)
    clock.set_to(clock.now() + timedelta(days=30))
    desk.comes("stop")
    desk.text(ticket)
    assert len(desk.notify.asked) == 1
    assert card.is_safe_to_contact is False


def test_where_it_is_not_safe_to_write_a_stranger_is_not_answered(
    session: Session, people: People, desk: TextDesk
):
    give_mailbox(session, people, strangers="report")
    ticket = desk.ticket(phone="07700 900999")
    reporter_of(session, ticket).is_safe_to_contact = False
    record(session, SYSTEM, Action.CLOSE, ticket, Status.CLOSED)
    session.flush()
    mail = desk.comes("The app does not open", number="447700900999")
    assert reporter_of(session, session.get_one(Ticket, mail.ticket_number)).phone == ""
    assert len(desk.notify.asked) == 1


def test_stop_among_other_words_is_no_stop(session: Session, desk: TextDesk):
    ticket = desk.ticket()
    assert desk.comes("Stop, it deletes my answers").state == MailState.JOINED
    assert reporter_of(session, ticket).texts_stopped_at is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("a" * 918, 6),
        ("€" * 80, 1), ("€" * 81, 2), ("ŵ" * 70, 1), ("ŵ" * 71, 2), ("ŵ" + "a" * 133, 2),
        ("ŵ" + "a" * 134, 3),
        ("😀" * 35, 1), ("😀" * 36, 2), ("Äéö", 1), ("", 1),
    ],
)  # fmt: skip
def test_parts_are_counted_by_the_published_rule(text: str, parts: int):
    assert parts_of(text) == parts
