"""A desk that texts: GOV.UK Notify stands in, and calls what it was told to call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from navigator.mail_in import land
from navigator.mail_in.tables import Mail
from navigator.outbox import sender
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod
from navigator.settings import settings
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Ticket
from tests.mail_and_sms_servers import Notify, notify_server
from web.app import app

TOKEN = "a-token-of-notify-for-the-tests"
NUMBER = "+447700900123"


class TextDesk:
    """What a test does with it."""

    def __init__(self, session: Session, notify: Notify) -> None:
        self.session, self.notify = session, notify
        self.client = TestClient(app, base_url="https://desk.example")

    def call(self, path: str, said: Any, token: str = TOKEN) -> int:
        """Notify calls; the status that it is answered with."""
        answer = self.client.post(
            f"/api/notify/{path}", json=said, headers={"authorization": f"Bearer {token}"}
        )
        self.session.expire_all()
        return answer.status_code

    def ticket(self, phone: str = NUMBER) -> Ticket:
        """A ticket whose reporter reads texts, and was texted."""
        return self.told(ContactInput(route=ContactMethod.TEXT, phone=phone, is_safe=True))

    def told(self, contact: ContactInput) -> Ticket:
        """A ticket whose reporter said how to reach them, and was written to."""
        told = ReportInput(service="north", text="My password is refused", contact=contact)
        ticket = staff.report(self.session, ANONYMOUS, told).ticket
        for row in self.letters():
            if row.sent_at is None:
                self.session.delete(row)
        self.session.flush()
        self.text(ticket)
        return ticket

    def text(self, ticket: Ticket) -> OutboxMessage:
        """Text the reporter of a ticket."""
        enqueue(self.session, "answered", Recipient.REPORTER, ticket.reporter_id, ticket_number=ticket.number)
        self.session.flush()
        sender.send_waiting()
        self.session.expire_all()
        return self.letters()[-1]

    def letters(self) -> list[OutboxMessage]:
        """The letters, oldest first."""
        return list(self.session.exec(select(OutboxMessage).order_by(OutboxMessage.id)))  # type: ignore[arg-type]

    def comes(self, message: str, **of: str) -> Mail:
        """A text comes, and is led to where it belongs."""
        assert self.call("texts", Notify.received(message, **of)) == 204
        while land.land_waiting():
            pass
        self.session.expire_all()
        return self.session.exec(select(Mail).order_by(Mail.id.desc())).first()  # type: ignore[attr-defined,return-value]


@contextmanager
def text_desk(session: Session, patch: pytest.MonkeyPatch) -> Iterator[TextDesk]:
    """A desk whose texts go by Notify."""
    key = "desk-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
    with notify_server() as notify:
        values = {"url": notify.url, "key": key, "template": "f33517ff", "callback_token": TOKEN}
        for name, value in values.items():
            patch.setenv(f"NAVIGATOR_NOTIFY_{name.upper()}", value)
        settings.cache_clear()
        yield TextDesk(session, notify)
    settings.cache_clear()
