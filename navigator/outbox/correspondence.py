"""Headers of a letter: who it is from, where an answer goes, and with which letters it stands in a thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from email.headerregistry import Address as MailAddress
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, column, select, table
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.mailbox import Mailbox
from navigator.catalogue.service import Service
from navigator.database import ask
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.private_links import MintedLink
from navigator.people.reply_tokens import reply_token
from navigator.people.reporter import Reporter
from navigator.settings import settings

LONGEST_LOCAL_PART = 64
"""Characters before the @ of an address (RFC 5321)."""
# Mail in is above: of a mail that is answered, the outbox knows by what it is found.
_MAIL = table("inboundmail", column("id"), column("message_ref"))


@dataclass(frozen=True)
class Correspondence:
    """The headers of one letter, and what its words may say: its service, its day, whether answers arrive."""

    headers: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


def correspondence_of(
    session: Session, message: OutboxMessage, link: MintedLink | None, services: Sequence[Service]
) -> Correspondence:
    """How a letter with this link is sent, and what it says of itself: of its one service, if it has one."""
    service = services[0] if len(services) == 1 else None
    mailbox = _mailbox(session, service) if service else None
    name = service.name if service and may_name(session, message) else ""
    headers: dict[str, Any] = {"From": _sender(name, mailbox)}
    takes_answers, is_read = False, mailbox is not None and _is_sent_from(mailbox)
    if message.recipient == Recipient.MAIL:
        headers |= _answering(session, message)
    elif message.ticket_number is not None and message.recipient == Recipient.REPORTER:
        headers |= _threaded(message.ticket_number)
        if mailbox and link:
            token = reply_token(link)
            headers["References"] += f" <{token}@{_host(mailbox.address)}>"
            if address := reply_address(mailbox, token):
                headers["Reply-To"] = MailAddress(name, addr_spec=address)
            takes_answers = "Reply-To" in headers or is_read
    facts = {
        "service": name,
        "sent_on": clock.today().isoformat(),
        "takes_answers": takes_answers,
        "is_read": is_read,
    }
    return Correspondence(headers, facts)


@dataclass(frozen=True)
class _Mailbox:
    """What a letter has to know of the mailbox of its service."""

    address: str
    takes_plus: bool
    sends_from: bool


_OF_SERVICE = select(*(getattr(Mailbox, each.name) for each in fields(_Mailbox))).where(
    col(Mailbox.service_id) == bindparam("service_id"), col(Mailbox.is_active)
)


def _mailbox(session: Session, service: Service) -> _Mailbox | None:
    row: Any = ask(session, _OF_SERVICE, service_id=service.id).one_or_none()
    return _Mailbox(*row) if row else None


def _is_sent_from(mailbox: _Mailbox) -> bool:
    """Whether what is sent back to the sender of a letter arrives in the mailbox."""
    return mailbox.sends_from or mail_from()[1].casefold() == mailbox.address.casefold()


def reply_address(mailbox: Mailbox | _Mailbox, token: str) -> str:
    """The address by which answers with a token arrive; empty where there can be none."""
    local_part, _, host = mailbox.address.partition("@")
    address = f"{local_part}+{token}"
    return f"{address}@{host}" if mailbox.takes_plus and len(address) <= LONGEST_LOCAL_PART else ""


def may_name(session: Session, message: OutboxMessage) -> bool:
    """Whether a letter may name its service: to a patient only where they said that it is safe to write.

    The name of a service tells whoever sees a phone light up what its owner is in treatment for.
    """
    if message.recipient == Recipient.REPORTER:
        reporter = session.get(Reporter, message.recipient_id)
        return reporter is not None and reporter.is_safe_to_contact is True
    return message.recipient not in (Recipient.CARD, Recipient.SUBSCRIBER)


def _sender(service_name: str, mailbox: _Mailbox | None) -> MailAddress:
    """Who a letter is from: the service by its name, where it may be named."""
    name, address = mail_from()
    if mailbox and mailbox.sends_from:
        address = mailbox.address
    return _address(service_name or name, address)


def mail_from() -> tuple[str, str]:
    """The name and the address by which all mail is sent, as they are set."""
    return _parsed(settings().mail_from)


_parsed = lru_cache(maxsize=1)(parseaddr)


@lru_cache(maxsize=64)
def _address(name: str, address: str) -> MailAddress:
    return MailAddress(name, addr_spec=address)


def _threaded(number: int) -> dict[str, str]:
    """What keeps the letters about one ticket together in a mail program."""
    root = f"<ticket.{number}@{_host(mail_from()[1])}>"
    return {"In-Reply-To": root, "References": root}


def _answering(session: Session, message: OutboxMessage) -> dict[str, str]:
    """The marks of an answer by a machine (RFC 3834): it ends there."""
    query = select(_MAIL.c.message_ref).where(_MAIL.c.id == message.recipient_id)
    ref = session.execute(query).scalar_one_or_none() or ""
    marks = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    is_one = ref.startswith("<") and ref.endswith(">") and ref.isascii() and " " not in ref
    return marks | ({"In-Reply-To": ref, "References": ref} if is_one else {})


def _host(address: str) -> str:
    return address.rpartition("@")[2]
