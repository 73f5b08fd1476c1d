"""Mails for the tests: built by hand as bytes, as programs send them, and landed as the desk lands them."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.mailbox import Mailbox
from navigator.mail_in import land, store
from navigator.mail_in.store import Arrived
from navigator.mail_in.tables import Mail, MailState
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.reply_tokens import reply_token
from navigator.people.reporter import ContactMethod, LinkChannel
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Message, Ticket
from tests.people import People

PAT = "pat@home.example"
DESK = "desk@north.example"
_numbers = count(1)


def letter(
    body: str | bytes = "It still does not open.",
    to: str = DESK,
    sender: str = f"Pat <{PAT}>",
    subject: str = "Re: your message",
    head: Mapping[str, str] | None = None,
    charset: str = "utf-8",
    drops: str = "",
) -> bytes:
    """A plain mail as bytes, with a Message-ID of its own; `head` adds headers or replaces them."""
    lines = {
        "Return-Path": f"<{PAT}>",
        "From": sender,
        "To": to,
        "Subject": subject,
        "Date": "Tue, 09 Jun 2026 10:00:00 +0100",
        "Message-ID": f"<{next(_numbers)}.test@home.example>",
        "MIME-Version": "1.0",
        "Content-Type": f"text/plain; charset={charset}",
        "Content-Transfer-Encoding": "8bit",
    } | dict(head or {})
    top = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value and name != drops)
    content = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode(charset)
    return top.encode("utf-8", "surrogateescape") + b"\r\n" + content + b"\r\n"


def many(*parts: tuple[str, bytes | str], kind: str = "mixed", **options: str) -> bytes:
    """A multipart mail of parts, each with its headers in one text, and its content."""
    head = {"Content-Type": f'multipart/{kind}; boundary="=_b"', "Content-Transfer-Encoding": ""}
    pieces = [
        b"--=_b\r\n" + header.replace("\n", "\r\n").encode() + b"\r\n\r\n"
        + (content if isinstance(content, bytes) else content.replace("\n", "\r\n").encode()) + b"\r\n"
        for header, content in parts
    ]  # fmt: skip
    body = b"".join(pieces) + b"--=_b--\r\n"
    return letter(body, head=head, **options)


TEXT = "Content-Type: text/plain; charset=utf-8"
HTML = "Content-Type: text/html; charset=utf-8"


def give_mailbox(session: Session, people: People, **values: Any) -> Mailbox:
    """A mailbox of the service North, which is read."""
    mailbox = Mailbox(service_id=people.north, address=DESK, is_active=True, owner="Ada", **values)
    session.add(mailbox)
    session.flush()
    return mailbox


def reported(session: Session, address: str = PAT) -> Ticket:
    """A ticket whose reporter reads mail; nothing is queued."""
    contact = ContactInput(route=ContactMethod.EMAIL, email=address, is_safe=True)
    told = ReportInput(service="north", text="My password is refused", contact=contact)
    ticket = staff.report(session, ANONYMOUS, told).ticket
    for row in session.exec(select(OutboxMessage)):
        session.delete(row)
    session.flush()
    return ticket


def token_of(session: Session, ticket: Ticket, address: str = PAT) -> str:
    """The token of a letter that was sent to a reporter."""
    minted = private_links.mint(session, ticket.number, LinkChannel.EMAIL, address)
    link = private_links.link_by_token(session, minted)
    assert link
    return reply_token(link)


def reply_to(session: Session, ticket: Ticket, address: str = PAT) -> str:
    """The address by which that reporter answers."""
    return f"desk+{token_of(session, ticket, address)}@north.example"


def arrive(session: Session, people: People, content: bytes) -> Mail:
    """Have a mail arrive and land: what the job does, and where it is then."""
    id = store.keep(session, people.north, Arrived(content, len(content)))
    session.flush()
    while land.land_waiting():
        pass
    session.expire_all()
    mail = session.get_one(Mail, id)
    assert mail.state != MailState.WAITING
    return mail


def said_on(session: Session, number: int) -> list[str]:
    """What was said on a ticket, oldest first."""
    query = select(Message.body).where(Message.ticket_number == number).order_by(Message.id)  # type: ignore[arg-type]
    return list(session.exec(query))


def letters(session: Session) -> list[str]:
    """The templates of the letters that are queued."""
    clock.now()
    return [row.template for row in session.exec(select(OutboxMessage).order_by(OutboxMessage.id))]  # type: ignore[arg-type]
