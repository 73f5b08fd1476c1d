"""Mail that a mail server delivers: whose it is, and keeping it with what the server said of its way."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from navigator import database
from navigator.catalogue.mailbox import Mailbox
from navigator.mail_in.store import BEGINNING, LARGEST, Arrived, keep
from navigator.people.reply_tokens import link_of_reply
from navigator.tickets.ticket import Ticket


def service_of_address(address: str) -> int | None:
    """The service whose mailbox an address is of; None for any other address.

    Anything may stand behind it and a plus. Where it is of several services, an answer goes to the service of
    its letter, and all else to that of the longest address, or the first of those that share it.
    """
    with database.reading() as session:
        ids = _service_ids(session, address)
        link = link_of_reply(session, address) if len(ids) > 1 else None
        answered = session.get_one(Ticket, link.ticket_number).service_id if link else None
        return answered if answered in ids else next(iter(ids), None)


def _service_ids(session: Session, address: str) -> Sequence[int]:
    active = session.exec(select(Mailbox).where(col(Mailbox.is_active))).all()
    own = [each for each in active if each.is_at(address)]
    return [each.service_id for each in sorted(own, key=lambda each: (-len(each.address), each.service_id))]


def keep_delivered(service_id: int, sender: str, recipients: Iterable[str], arrived: Arrived) -> None:
    """Keep a mail for one service, for good, with the lines of whoever delivers at last (RFC 5321)."""
    marks = [f"Return-Path: {_angled(sender)}", *(f"Delivered-To: {_safe(each)}" for each in recipients)]
    head = "".join(f"{mark}\r\n" for mark in marks).encode("utf-8", "replace")
    content = arrived.content if arrived.is_whole else arrived.content[:BEGINNING]
    with database.writing() as session:
        keep(session, service_id, Arrived(head + content, len(head) + arrived.size))


def is_too_large(arrived: Arrived) -> bool:
    """Whether only the beginning of a mail is kept."""
    return arrived.size > LARGEST


def _angled(sender: str) -> str:
    return "<>" if sender in ("", "<>") else f"<{_safe(sender)}>"


def _safe(address: str) -> str:
    """An address in one line of a header, whatever it was made of."""
    return "".join(sign for sign in address if sign.isprintable() and sign not in "<>")
