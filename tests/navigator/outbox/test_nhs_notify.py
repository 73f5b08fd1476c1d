"""Texts by NHS Notify, where that is set: sent by its published API, and what became of them, as it calls."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from navigator import clock
from navigator.jobs import delivery_failures
from navigator.jobs.runner import for_each_due
from navigator.outbox import nhs_notify, sender
from navigator.outbox.delivery import NO_TEXTS_BY_NHS_NOTIFY, what_cannot_leave, works
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import DeliveryChannel, OutboxMessage, Recipient
from navigator.outbox.texts_sent import TextsSent
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod, Reporter
from navigator.settings import settings
from navigator.tickets.actions import staff
from navigator.tickets.actions.call_list import calls_to_make
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Ticket
from tests.nhs_notify_server import (
    CALLBACK_KEY,
    CALLBACK_SECRET,
    KEY,
    KEY_ID,
    PLAN,
    NhsNotify,
    nhs_notify_server,
    signed,
)
from tests.people import People
from web.app import app

NUMBER = "+447700900123"
go_on = for_each_due(delivery_failures.failed_messages, delivery_failures.go_on)


@pytest.fixture
def notify(people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NhsNotify]:
    with nhs_notify_server(tmp_path) as (notify, private_key):
        values = {
            "url": notify.url, "key": KEY, "key_id": KEY_ID, "private_key": str(private_key), "plan": PLAN,
            "callback_key": CALLBACK_KEY, "callback_secret": CALLBACK_SECRET,
        }  # fmt: skip
        monkeypatch.setenv("NAVIGATOR_TEXTS_BY", "nhs_notify")
        for name, value in values.items():
            monkeypatch.setenv(f"NAVIGATOR_NHS_NOTIFY_{name.upper()}", value)
        settings.cache_clear()
        nhs_notify.forget_token()
        yield notify
    settings.cache_clear()


@pytest.fixture
def ticket(session: Session, notify: NhsNotify) -> Ticket:
    """A ticket whose reporter reads texts; nothing waits to be sent."""
    contact = ContactInput(route=ContactMethod.TEXT, phone=NUMBER, is_safe=True)
    told = ReportInput(service="north", text="My password is refused", contact=contact)
    ticket = staff.report(session, ANONYMOUS, told).ticket
    for row in session.exec(select(OutboxMessage)).all():
        session.delete(row)
    session.flush()
    return ticket


def texted(session: Session, ticket: Ticket) -> OutboxMessage:
    enqueue(session, "answered", Recipient.REPORTER, ticket.reporter_id, ticket_number=ticket.number)
    session.flush()
    sender.send_waiting()
    session.expire_all()
    return newest(session)


def newest(session: Session) -> OutboxMessage:
    query = select(OutboxMessage).where(OutboxMessage.recipient == Recipient.REPORTER)
    return session.exec(query.order_by(OutboxMessage.id.desc())).first()  # type: ignore[attr-defined,return-value]


def call(said: Any, **headers: str) -> int:
    """NHS Notify calls; the status that it is answered with."""
    body = json.dumps(said).encode()
    client = TestClient(app, base_url="https://desk.example")
    return client.post("/api/nhs-notify/statuses", content=body, headers=signed(body) | headers).status_code


def test_a_text_goes_to_the_number_alone_and_is_counted(
    session: Session, people: People, notify: NhsNotify, ticket: Ticket
):
    letter = texted(session, ticket)
    (said,) = notify.asked
    assert said["recipient"] == {"contactDetails": {"sms": "447700900123"}}
    assert f"{ticket.number:06d}" in said["personalisation"]["message"]
    assert letter.sent_at is not None
    assert letter.provider_id in notify.made.values()
    (count,) = session.exec(select(TextsSent))
    assert (count.service_id, count.texts) == (people.north, 1)


def test_one_token_is_used_until_shortly_before_it_ends(session: Session, notify: NhsNotify, ticket: Ticket):
    texted(session, ticket)
    texted(session, ticket)
    assert len(notify.tokens) == 1
    clock.set_to(clock.now() + timedelta(seconds=notify.lifetime - 30))
    texted(session, ticket)
    assert len(notify.tokens) == 2
    notify.tokens.append("another")  # ours ended early
    assert texted(session, ticket).sent_at is None
    clock.set_to(clock.now() + timedelta(minutes=2))
    sender.send_waiting()
    session.expire_all()
    assert newest(session).sent_at is not None


def test_a_text_that_is_sent_twice_by_a_killed_worker_arrives_once(
    session: Session, notify: NhsNotify, ticket: Ticket
):
    letter = texted(session, ticket)
    letter.sent_at, letter.provider_id, letter.claimed_until_at = None, "", None  # killed before it was noted
    session.flush()
    sender.send_waiting()
    session.expire_all()
    assert (len(notify.asked), len(notify.made)) == (2, 1)
    assert newest(session).sent_at is not None
    assert call(notify.message_status("failed")) == 202  # and what became of it is known
    session.expire_all()
    assert newest(session).failed_at is not None


@pytest.mark.parametrize("status", ["failed", "delivered"])
def test_what_became_of_a_text_whose_answer_was_lost_is_known_before_it_is_tried_again(
    session: Session, notify: NhsNotify, ticket: Ticket, status: str
):
    letter = texted(session, ticket)
    letter.sent_at, letter.provider_id, letter.claimed_until_at = None, "", None
    session.flush()
    assert call(notify.message_status(status)) == 202
    session.expire_all()
    known = newest(session)
    assert (known.failed_at is None, known.sent_at is None) == (status == "delivered", status == "failed")
    clock.set_to(clock.now() + timedelta(minutes=5))
    sender.send_waiting()
    assert len(notify.asked) == 1


def test_a_letter_that_goes_by_mail_since_its_text_was_tried_is_not_taken_for_sent(
    session: Session, notify: NhsNotify, ticket: Ticket
):
    letter = texted(session, ticket)
    letter.sent_at, letter.provider_id, letter.claimed_until_at = None, "", None
    letter.channel = DeliveryChannel.EMAIL
    session.flush()
    assert call(notify.message_status("delivered")) == 202
    session.expire_all()
    assert newest(session).sent_at is None


@pytest.mark.parametrize("kind", ["message", "channel", "both"])
def test_what_failed_is_called_about(
    session: Session, people: People, notify: NhsNotify, ticket: Ticket, kind: str
):
    texted(session, ticket)
    of_message = notify.message_status("failed")
    of_channel = notify.channel_status("failed", "permanent_failure")
    said = {"message": [of_message], "channel": [of_channel], "both": [of_channel, of_message, of_channel]}
    assert {call(one) for one in said[kind]} == {202}
    assert [go_on(), go_on()] == [1, 0]
    session.expire_all()
    assert [one.ticket.number for one in calls_to_make(session, people.amina)] == [ticket.number]


def test_what_arrived_is_known(session: Session, notify: NhsNotify, ticket: Ticket):
    texted(session, ticket)
    assert call(notify.message_status("delivered")) == 202
    session.expire_all()
    assert newest(session).delivered_at == clock.now()


def test_what_failed_for_now_is_sent_again_as_another_message(
    session: Session, notify: NhsNotify, ticket: Ticket
):
    texted(session, ticket)
    said = notify.channel_status("failed", "temporary_failure")
    assert [call(said), call(notify.message_status("failed")), call(said)] == [202] * 3
    clock.set_to(clock.now() + timedelta(hours=1, minutes=1))
    sender.send_waiting()
    session.expire_all()
    assert (len(notify.made), newest(session).came_back, newest(session).failed_at) == (2, 1, None)


@pytest.mark.parametrize(
    "said",
    [
        ("created", ""), ("sending", "technical_failure"), ("failed", "rejected"),
    ],
)  # fmt: skip
def test_what_is_not_over_changes_nothing(
    session: Session, notify: NhsNotify, ticket: Ticket, said: tuple[str, str]
):
    texted(session, ticket)
    assert call(notify.channel_status(*said)) == 202
    assert call(notify.channel_status("failed", "permanent_failure", channel="nhsapp")) == 202
    assert call(notify.message_status("sending")) == 202
    session.expire_all()
    letter = newest(session)
    assert (letter.failed_at, letter.delivered_at, letter.came_back) == (None, None, 0)


def test_nobody_else_calls(session: Session, notify: NhsNotify, ticket: Ticket):
    texted(session, ticket)
    failed = notify.message_status("failed")
    wrong = signed(json.dumps(failed).encode(), "another secret")["x-hmac-sha256-signature"]
    assert call(failed, **{"x-api-key": ""}) == 401
    assert call(failed, **{"x-api-key": "guessed"}) == 401
    assert call(failed, **{"x-hmac-sha256-signature": ""}) == 403
    assert call(failed, **{"x-hmac-sha256-signature": wrong}) == 403
    session.expire_all()
    assert newest(session).failed_at is None
    assert {call(failed, **{"x-api-key": "guessed"}) for _ in range(30)} == {401, 429}


@pytest.mark.parametrize(
    "said", [{}, {"data": []}, {"data": [{}]}, [], {"data": [{"attributes": {"messageId": 1}}]}]
)
def test_what_is_no_status_is_refused(notify: NhsNotify, said: Any):
    assert call(said) == 400


def test_a_status_of_another_system_changes_nothing(session: Session, notify: NhsNotify, ticket: Ticket):
    texted(session, ticket)
    said = notify.message_status("failed")
    attributes = said["data"][0]["attributes"]
    for other in (
        {"messageId": "2WL3qFTEFM0qMY8xjRbtZZZZZZZ"},
        {"messageReference": "ffffffff-ffff-4fff-8fff-ffffffffffff"},
    ):
        assert call({"data": [said["data"][0] | {"attributes": attributes | other}]}) == 202
    session.expire_all()
    assert newest(session).failed_at is None


def test_without_its_agreement_texts_wait_and_the_reason_is_known(
    session: Session, notify: NhsNotify, ticket: Ticket
):
    notify.takes_contacts = False
    letter = texted(session, ticket)
    assert (letter.sent_at, letter.failed_at) == (None, None)
    assert letter.last_error == "NHS Notify: 400 CM_CANNOT_SET_CONTACT_DETAILS"


def test_a_number_that_takes_no_texts_is_refused_for_good(
    session: Session, notify: NhsNotify, ticket: Ticket
):
    session.get_one(Reporter, ticket.reporter_id).phone = "+44"
    session.flush()
    letter = texted(session, ticket)
    assert letter.failed_at == clock.now()


def test_a_private_key_that_cannot_be_read_stops_texts_and_nothing_else(
    session: Session, notify: NhsNotify, ticket: Ticket, tmp_path: Path
):
    (tmp_path / "nhs-notify.pem").write_text("no key")
    letter = texted(session, ticket)
    assert (letter.sent_at, letter.last_error) == (None, "NHS Notify: the private key cannot be read")


def test_what_is_not_set_whole_is_not_offered(notify: NhsNotify, monkeypatch: pytest.MonkeyPatch):
    assert works(ContactMethod.TEXT)
    monkeypatch.setenv("NAVIGATOR_NHS_NOTIFY_PLAN", "")
    settings.cache_clear()
    assert not works(ContactMethod.TEXT)
    assert NO_TEXTS_BY_NHS_NOTIFY in what_cannot_leave()
