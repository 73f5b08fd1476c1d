"""The plan of how to reach somebody: what did not arrive goes by the other way that they gave, and once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, delete, select

from navigator import clock
from navigator.catalogue.contact import Contact, ContactKind
from navigator.jobs import delivery_failures
from navigator.jobs.runner import for_each_due
from navigator.outbox import sender
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.receipts import come_back
from navigator.people.actor import SYSTEM
from navigator.people.reporter import ContactMethod, Reporter
from navigator.settings import settings
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.call_list import calls_to_make
from navigator.tickets.actions.contact import change_contact, stop_contact
from navigator.tickets.contact_inputs import ChangeContactInput
from navigator.tickets.lifecycle import record
from navigator.tickets.report_input import ContactInput
from navigator.tickets.ticket import Event, Ticket
from tests.mail_and_sms_servers import Mailbox, mail_server
from tests.navigator.mail_in.text_desk import NUMBER, TextDesk, text_desk
from tests.people import People

pytestmark = pytest.mark.both_engines

PAT = "pat@home.example"
go_on = for_each_due(delivery_failures.failed_messages, delivery_failures.go_on)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server() as box:
        for name, value in {"host": "127.0.0.1", "port": box.port, "security": "none"}.items():
            monkeypatch.setenv(f"NAVIGATOR_MAIL_{name.upper()}", str(value))
        yield box


@pytest.fixture
def desk(
    session: Session, people: People, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TextDesk]:
    with text_desk(session, monkeypatch) as desk:
        yield desk


def told(desk: TextDesk, route: ContactMethod = ContactMethod.TEXT, **otherwise: Any) -> Ticket:
    """A ticket whose reporter gave an email and a number, and was written to by the first of them."""
    facts = {"route": route, "email": PAT, "phone": NUMBER, "is_safe": True, "other_is_safe": True}
    return desk.told(ContactInput.model_validate(facts | otherwise))


def dies(desk: TextDesk, status: str = "permanent-failure", of: int = -1) -> None:
    assert desk.call("receipts", desk.notify.receipt(status, of)) == 204


def runs(session: Session) -> int:
    """The jobs run once; how many failures they dealt with."""
    done = go_on()
    sender.send_waiting()
    session.expire_all()
    return done


def reporter_of(session: Session, ticket: Ticket) -> Reporter:
    return session.get_one(Reporter, ticket.reporter_id)


def theirs(box: Mailbox) -> list[str]:
    """The mails to the reporter; staff are written to as well."""
    return [to for to in box.recipients if to == PAT]


def history(session: Session, ticket: Ticket) -> list[tuple[str, str]]:
    events = session.exec(
        select(Event)
        .where(Event.ticket_number == ticket.number, Event.action == "undelivered")
        .order_by(col(Event.id))
    )
    return [(event.details["by"], event.details["next"]) for event in events]


def test_a_text_that_does_not_arrive_goes_by_the_email_that_they_gave(
    session: Session, people: People, desk: TextDesk, box: Mailbox
):
    ticket = told(desk)
    dies(desk)
    dies(desk)  # told twice
    assert [runs(session), runs(session)] == [1, 0]
    assert (theirs(box), len(desk.notify.asked)) == ([PAT], 1)
    assert f"{ticket.number:06d}" in box.mails[0]["Subject"]
    assert history(session, ticket) == [("text", "email")]
    assert calls_to_make(session, people.amina) == []
    desk.text(ticket)  # and what is written next, too
    assert (theirs(box), len(desk.notify.asked)) == ([PAT, PAT], 1)


def test_at_the_end_of_the_plan_somebody_calls(
    session: Session, people: People, desk: TextDesk, box: Mailbox
):
    ticket = told(desk)
    box.refuses[PAT] = "550 no such user"
    dies(desk)
    assert [runs(session), runs(session), runs(session)] == [1, 1, 0]
    assert history(session, ticket) == [("text", "email"), ("email", "call")]
    (call,) = calls_to_make(session, people.amina)
    assert (call.ticket.number, call.phone) == (ticket.number, NUMBER)
    assert reporter_of(session, ticket).not_arriving_since_at == clock.now()


def test_a_mail_that_comes_back_goes_by_text(session: Session, desk: TextDesk, box: Mailbox):
    ticket = told(desk, ContactMethod.EMAIL)
    come_back(desk.letters()[-1])
    session.flush()
    assert runs(session) == 1
    assert [body["phone_number"] for _, _, body in desk.notify.asked] == [NUMBER]
    assert history(session, ticket) == [("email", "text")]


def test_what_did_not_arrive_for_now_is_tried_again_before_it_goes_by_another_way(
    session: Session, desk: TextDesk, box: Mailbox
):
    told(desk)
    for _ in range(3):
        dies(desk, "temporary-failure")
        assert runs(session) == (len(desk.notify.asked) == 3)
        clock.set_to(clock.now() + timedelta(hours=1, minutes=1))
        runs(session)
    assert (len(desk.notify.asked), theirs(box)) == (3, [PAT])


def test_what_arrived_late_is_not_said_twice(session: Session, desk: TextDesk, box: Mailbox):
    ticket = told(desk)
    dies(desk)
    assert go_on() == 1
    session.expire_all()
    dies(desk, "delivered")
    assert runs(session) == 0
    assert (theirs(box), len(desk.notify.asked)) == ([], 1)
    assert reporter_of(session, ticket).other_way_since_at is None
    dies(desk)  # and that it did not, told late, undoes nothing
    assert (runs(session), desk.letters()[-1].failed_at) == (0, None)


def test_what_arrived_while_it_waits_to_be_tried_again_is_not_sent_again(
    session: Session, desk: TextDesk, box: Mailbox
):
    told(desk)
    dies(desk, "temporary-failure")
    dies(desk, "delivered")
    clock.set_to(clock.now() + timedelta(hours=2))
    assert runs(session) == 0
    assert len(desk.notify.asked) == 1


@pytest.mark.parametrize(
    "otherwise", [{"other_is_safe": False}, {"email": ""}, {"email": "", "other_is_safe": False}]
)
def test_a_way_that_they_did_not_allow_is_not_used(
    session: Session, people: People, desk: TextDesk, box: Mailbox, otherwise: dict[str, Any]
):
    ticket = told(desk, **otherwise)
    dies(desk)
    assert [runs(session), runs(session)] == [1, 0]
    assert (theirs(box), history(session, ticket)) == ([], [("text", "call")])
    assert [call.ticket.number for call in calls_to_make(session, people.amina)] == [ticket.number]


def test_nothing_goes_to_whoever_said_meanwhile_that_it_is_not_safe(
    session: Session, people: People, desk: TextDesk, box: Mailbox
):
    ticket = told(desk)
    dies(desk)
    stop_contact(session, people.amina, ticket.number)
    session.flush()
    assert runs(session) == 1
    assert (theirs(box), len(desk.notify.asked)) == ([], 1)
    assert reporter_of(session, ticket).other_way_since_at is None


def test_a_number_takes_no_text_that_is_no_mobile(session: Session, people: People, desk: TextDesk):
    ticket = told(desk, ContactMethod.EMAIL, phone="01632 960001")
    come_back(desk.letters()[-1])
    session.flush()
    assert runs(session) == 1
    (call,) = calls_to_make(session, people.amina)
    assert (call.phone, history(session, ticket)) == ("+441632960001", [("email", "call")])


def test_what_failed_at_an_old_address_goes_to_the_new_one_and_marks_nothing(
    session: Session, people: People, desk: TextDesk, box: Mailbox
):
    ticket = told(desk)
    contact = ChangeContactInput(route=ContactMethod.TEXT, phone="07700 900999", is_safe=True)
    change_contact(session, people.amina, ticket.number, contact)
    session.flush()
    sender.send_waiting()
    session.expire_all()
    dies(desk, of=0)
    assert runs(session) == 1
    assert [body["phone_number"][-3:] for _, _, body in desk.notify.asked] == ["123", "999", "999"]
    person = reporter_of(session, ticket)
    assert (person.not_arriving_since_at, person.other_way_since_at) == (None, None)


def test_whoever_says_anew_how_to_reach_them_is_reached_so(
    session: Session, people: People, desk: TextDesk, box: Mailbox
):
    ticket = told(desk)
    dies(desk)
    runs(session)
    contact = ChangeContactInput(route=ContactMethod.TEXT, phone="07700 900999", email=PAT, is_safe=True)
    change_contact(session, people.amina, ticket.number, contact)
    session.flush()
    sender.send_waiting()
    assert (desk.notify.asked[-1][2]["phone_number"][-3:], theirs(box)) == ("999", [PAT])


def test_stop_ends_texts_and_leaves_the_other_way(session: Session, desk: TextDesk, box: Mailbox):
    ticket = told(desk)
    desk.comes("STOP")
    desk.text(ticket)
    assert (theirs(box), len(desk.notify.asked)) == ([PAT], 1)


def test_stop_where_emails_do_not_arrive_is_the_end_of_the_plan(
    session: Session, people: People, desk: TextDesk, box: Mailbox
):
    ticket = told(desk, ContactMethod.EMAIL)
    come_back(desk.letters()[-1])
    session.flush()
    runs(session)
    desk.comes("STOP")
    assert [call.ticket.number for call in calls_to_make(session, people.amina)] == [ticket.number]


def test_whoever_texts_from_where_nothing_arrived_is_texted_help_there(
    session: Session, desk: TextDesk, box: Mailbox
):
    ticket = told(desk)
    desk.text(ticket)
    dies(desk)
    runs(session)
    assert theirs(box) == [PAT]
    assert desk.comes("I want to kill myself").is_of_concern
    sender.send_waiting()
    assert (theirs(box), len(desk.notify.asked)) == ([PAT], 3)


def test_without_anybody_to_ask_a_failure_is_told_in_the_history_once(session: Session, desk: TextDesk):
    ticket = told(desk, other_is_safe=False)
    ticket.assignee_id = None
    record(session, SYSTEM, Action.ASSIGN, ticket)
    session.exec(delete(Contact).where(col(Contact.kind) == ContactKind.MANAGER))
    session.flush()
    dies(desk)
    assert [runs(session), runs(session)] == [1, 0]
    assert history(session, ticket) == [("text", "call")]
    assert session.exec(select(OutboxMessage).where(OutboxMessage.template == "undelivered")).all() == []


@pytest.mark.parametrize(("other_is_safe", "goes_on"), [(True, "email"), (False, "call")])
def test_where_no_texts_are_sent_any_more_whoever_chose_them_is_reached_at_once(
    session: Session,
    people: People,
    desk: TextDesk,
    box: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    other_is_safe: bool,
    goes_on: str,
):
    """It was tried for five days, before anybody was asked to phone."""
    ticket = told(desk, other_is_safe=other_is_safe)
    monkeypatch.setenv("NAVIGATOR_TEXTS_BY", "nobody")
    settings.cache_clear()
    desk.text(ticket)
    assert (desk.letters()[-1].last_error, runs(session)) == ("no texts are sent here", 1)
    assert (history(session, ticket), len(desk.notify.asked)) == ([("text", goes_on)], 1)
    assert (theirs(box), len(calls_to_make(session, people.amina))) == (
        ([PAT], 0) if other_is_safe else ([], 1)
    )
