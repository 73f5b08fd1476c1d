"""Where a letter goes: looked up when it is queued and again when it is sent: people change their minds."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, column, select, table
from sqlmodel import Session, col

from navigator.catalogue.contact import Contact
from navigator.catalogue.service import Service
from navigator.outbox.outbox_message import DeliveryChannel, OutboxMessage, Recipient
from navigator.people.reporter import ContactMethod, Reporter
from navigator.people.user import Membership, User

# Tickets stand a floor above: of them, the post knows whose service they belong to and no more.
_TICKET = table("ticket", column("number"), column("service_id"))


@dataclass(frozen=True)
class Address:
    """Somebody's e-mail address or phone number; it does not print itself."""

    channel: DeliveryChannel
    to: str

    def __repr__(self) -> str:
        return f"<an address for {self.channel}>"


def address_of(session: Session, recipient: str, recipient_id: int) -> Address | None:
    """How somebody may be written to now; None when they cannot or do not want to be."""
    return _LOOK_UPS[Recipient(recipient)](session, recipient_id)


def _of_reporter(session: Session, id: int) -> Address | None:
    reporter = session.get(Reporter, id)
    if reporter is None or not reporter.is_safe_to_contact:
        return None
    if reporter.contact_method == ContactMethod.EMAIL:
        return _if_any(DeliveryChannel.EMAIL, reporter.email)
    return (
        _if_any(DeliveryChannel.TEXT, reporter.phone)
        if reporter.contact_method == ContactMethod.TEXT
        else None
    )


def _of_user(session: Session, id: int) -> Address | None:
    user = session.get(User, id)
    return _if_any(DeliveryChannel.EMAIL, user.email) if user and user.is_active else None


def _of_contact(session: Session, id: int) -> Address | None:
    contact = session.get(Contact, id)
    return _if_any(DeliveryChannel.EMAIL, contact.email) if contact else None


def _if_any(channel: DeliveryChannel, to: str) -> Address | None:
    return Address(channel, to) if to else None


_LOOK_UPS = {
    Recipient.REPORTER: _of_reporter,
    Recipient.USER: _of_user,
    Recipient.CONTACT: _of_contact,
}


def is_demonstration(session: Session, letter: OutboxMessage) -> bool:
    """Whether a letter belongs to demonstration services alone, and so must never leave this machine."""
    services = select(col(Service.is_demonstration)).where(col(Service.id).in_(_about(letter)))
    found = session.scalars(services).all()
    return bool(found) and all(found)


def _about(letter: OutboxMessage) -> Select[Any]:
    """The services that a letter has to do with."""
    if letter.ticket_number is not None:
        return select(_TICKET.c.service_id).where(_TICKET.c.number == letter.ticket_number)
    if letter.recipient == Recipient.CONTACT:
        return select(col(Contact.service_id)).where(col(Contact.id) == letter.recipient_id)
    return select(col(Membership.service_id)).where(col(Membership.user_id) == letter.recipient_id)
