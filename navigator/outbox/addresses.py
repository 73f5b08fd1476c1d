"""Delivery addresses: looked up when a message is queued and again when it is sent, as people change them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, column, select, table
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.contact import Contact
from navigator.catalogue.programme import ServiceProgramme
from navigator.catalogue.reference_data import TOKEN, note_token, reference_data
from navigator.catalogue.service import Service
from navigator.catalogue.supplier_terms import SupplierTerms
from navigator.database import ask, known_row
from navigator.languages import ENGLISH
from navigator.outbox.contact_plan import address_by, way_now
from navigator.outbox.delivery import CHANNELS
from navigator.outbox.outbox_message import DeliveryChannel, OutboxMessage, Recipient
from navigator.people.notice_subscriber import NoticeSubscriber
from navigator.people.quiet_hours import quiet_until
from navigator.people.reporter import ContactMethod, Reporter
from navigator.people.support_card import SupportCard
from navigator.people.user import Membership, User
from navigator.phone_numbers import can_get_texts, e164

# Tickets and problems are above: of them, the outbox knows the service and no more.
_TICKET = table("ticket", column("number"), column("service_id"))
_AFFECTED = table("affectedperson", column("reporter_id"), column("service_id"))
_PROBLEM = table("problem", column("id"), column("service_id"), column("programme_id"))
_ENTRY = table(
    "supplierentry",
    *(column(name) for name in ("id", "problem_id", "to_address", "subject", "body")),
)
Patient = Reporter | SupportCard
_MAIL = table("inboundmail", *(column(name) for name in ("id", "service_id", "from_address")))

LOST_LINK = "link_again"
"""The template of the message with a new private link."""
NEVER_WAIT = frozenset({LOST_LINK, "call_booked", "call_cancelled", "call_moved", "call_reminder"})
"""Texts that do not wait for the end of quiet hours: a link that they asked for, a call that they booked."""


@dataclass(frozen=True)
class Address:
    """An e-mail address or phone number, and where an answer goes; its repr shows none of them."""

    channel: DeliveryChannel
    to: str
    reply_to: str = ""

    def __repr__(self) -> str:
        return f"<an address for {self.channel}>"


def address_of(session: Session, recipient: str, recipient_id: int, template: str = "") -> Address | None:
    """The address at which a recipient may be contacted now; None if they cannot or must not be.

    Who wants to be called gets a text of one template alone: the new link that they just asked for.
    """
    if recipient == Recipient.REPORTER:
        return _of_reporter(session, recipient_id, is_asked_for=template == LOST_LINK)
    return _LOOK_UPS[Recipient(recipient)](session, recipient_id)


def _of_reporter(session: Session, id: int, is_asked_for: bool) -> Address | None:
    reporter = session.get(Reporter, id)
    return address_of_reporter(reporter, is_asked_for=is_asked_for) if reporter else None


def address_of_reporter(reporter: Reporter, *, is_asked_for: bool) -> Address | None:
    """Where a reporter is written to; who wants to be called gets what they ask for as a text."""
    if not reporter.is_written_to:
        return None
    if way := way_now(reporter):
        return Address(CHANNELS[way], address_by(reporter, way))
    is_mobile = reporter.contact_method == ContactMethod.PHONE and can_get_texts(reporter.phone)
    return _address_or_none(DeliveryChannel.TEXT, e164(reporter.phone) if is_asked_for and is_mobile else "")


def _of_user(session: Session, id: int) -> Address | None:
    user = known_row(session, User, id) or ask(session, _USER, id=id).one_or_none()
    return _address_or_none(DeliveryChannel.EMAIL, user.email) if user and user.is_active else None


_USER = select(col(User.email), col(User.is_active)).where(col(User.id) == bindparam("id"))


def _of_card(session: Session, id: int) -> Address | None:
    card = session.get(SupportCard, id)
    if card is None or not card.is_written_to:
        return None
    if card.contact_method == ContactMethod.EMAIL:
        return _address_or_none(DeliveryChannel.EMAIL, card.email)
    is_by_text = card.contact_method == ContactMethod.TEXT
    return _address_or_none(DeliveryChannel.TEXT, e164(card.phone) if is_by_text else "")


def _of_contact(session: Session, id: int) -> Address | None:
    contact = session.get(Contact, id)
    return _address_or_none(DeliveryChannel.EMAIL, contact.email) if contact else None


def _of_supplier(session: Session, id: int) -> Address | None:
    query = (
        select(_ENTRY.c.to_address, col(SupplierTerms.answer_to))
        .select_from(_ENTRY)
        .join(_PROBLEM, _PROBLEM.c.id == _ENTRY.c.problem_id)
        .outerjoin(SupplierTerms, col(SupplierTerms.programme_id) == _PROBLEM.c.programme_id)
        .where(_ENTRY.c.id == id)
    )
    row = session.execute(query).one_or_none()
    return Address(DeliveryChannel.EMAIL, row[0], row[1] or "") if row and row[0] else None


def _of_mail(session: Session, id: int) -> Address | None:
    """Who a mail says that it is from: it is answered once, with nothing that is about anybody."""
    to = session.execute(select(_MAIL.c.from_address).where(_MAIL.c.id == id)).scalar_one_or_none()
    return _address_or_none(DeliveryChannel.EMAIL, to or "")


def _of_subscriber(session: Session, id: int) -> Address | None:
    subscriber = session.get(NoticeSubscriber, id)
    if subscriber is None:
        return None
    if subscriber.is_by_text:
        return _address_or_none(DeliveryChannel.TEXT, e164(subscriber.contact) if subscriber.contact else "")
    return _address_or_none(DeliveryChannel.EMAIL, subscriber.contact)


def words_of(session: Session, message: OutboxMessage) -> dict[str, str]:
    """The subject and body that are kept with what a supplier is sent; nothing for any other message."""
    if message.recipient != Recipient.SUPPLIER:
        return {}
    columns = (_ENTRY.c.subject, _ENTRY.c.body)
    return dict(session.execute(select(*columns).where(_ENTRY.c.id == message.recipient_id)).one()._mapping)


def _address_or_none(channel: DeliveryChannel, to: str) -> Address | None:
    return Address(channel, to) if to else None


_LOOK_UPS = {
    Recipient.USER: _of_user,
    Recipient.CONTACT: _of_contact,
    Recipient.CARD: _of_card,
    Recipient.SUPPLIER: _of_supplier,
    Recipient.MAIL: _of_mail,
    Recipient.SUBSCRIBER: _of_subscriber,
}


def language_of(session: Session, message: OutboxMessage, services: Sequence[Service]) -> str:
    """The language of a message: that in which whoever gets it reads our pages, while it is signed."""
    reader: Reporter | NoticeSubscriber | None = None
    if message.recipient == Recipient.REPORTER:
        reader = session.get(Reporter, message.recipient_id)
    elif message.recipient == Recipient.SUBSCRIBER:
        reader = session.get(NoticeSubscriber, message.recipient_id)
    if reader is None or reader.page_language == ENGLISH:
        return ENGLISH
    signed = reference_data(session).languages
    rows = [signed.get((service.id, reader.page_language)) for service in services]
    return reader.page_language if rows and all(row and row.is_signed for row in rows) else ENGLISH


def waits_until(message: OutboxMessage, person: Patient | None, channel: DeliveryChannel) -> datetime | None:
    """Until when a text must wait for the end of its reader’s quiet hours; a mail disturbs nobody."""
    if person is None or channel != DeliveryChannel.TEXT or message.template in NEVER_WAIT:
        return None
    return quiet_until(person, clock.now())


def patient_of(session: Session, message: OutboxMessage) -> Patient | None:
    """The reporter or the card that a message is for; whoever holds it spares others the look-up."""
    if message.recipient == Recipient.REPORTER:
        return session.get(Reporter, message.recipient_id)
    return session.get(SupportCard, message.recipient_id) if message.recipient == Recipient.CARD else None


def services_of(session: Session, message: OutboxMessage) -> Sequence[Service]:
    """The services that a message belongs to; NoResultFound if it was cancelled, or claimed anew."""
    ids = _service_ids(session, message)
    known = {service.id: service for service in reference_data(session).services}
    return [known[id] for id in ids]


def _service_ids(session: Session, message: OutboxMessage) -> set[int]:
    held: Any = ask(session, _HELD, message_id=message.id, attempts=message.attempts).one()
    of_ticket, token = held
    note_token(session, token)
    if message.ticket_number is None:
        return set(session.scalars(service_ids_of(message)))
    return set() if of_ticket is None else {of_ticket}


_HELD = (
    select(_TICKET.c.service_id, TOKEN)
    .select_from(OutboxMessage)
    .outerjoin(_TICKET, _TICKET.c.number == col(OutboxMessage.ticket_number))
    .where(
        col(OutboxMessage.id) == bindparam("message_id"),
        col(OutboxMessage.attempts) == bindparam("attempts"),
        col(OutboxMessage.sent_at).is_(None),
    )
)


def is_demonstration(services: Sequence[Service]) -> bool:
    """Whether a message belongs to demonstration services alone, and so must never leave this machine."""
    return bool(services) and all(service.is_demonstration for service in services)


def service_ids_of(message: OutboxMessage) -> Select[Any]:
    """The ids of the services that a message belongs to."""
    if message.ticket_number is not None:
        return select(_TICKET.c.service_id).where(_TICKET.c.number == message.ticket_number)
    return _SERVICES[Recipient(message.recipient)](message.recipient_id)


def _service_of_supplier(id: int) -> Select[Any]:
    of_entry = _PROBLEM.join(_ENTRY, _PROBLEM.c.id == _ENTRY.c.problem_id)
    return select(_PROBLEM.c.service_id).select_from(of_entry).where(_ENTRY.c.id == id)


def _services_of_subscriber(id: int) -> Select[Any]:
    """Every service that offers the programme: notices of it are of no one service alone."""
    programme = select(col(NoticeSubscriber.programme_id)).where(col(NoticeSubscriber.id) == id)
    offered = col(ServiceProgramme.programme_id).in_(programme)
    return select(col(ServiceProgramme.service_id)).where(offered)


_SERVICES: dict[Recipient, Callable[[int], Select[Any]]] = {
    # Of a known problem, without a ticket.
    Recipient.REPORTER: lambda id: select(_AFFECTED.c.service_id).where(_AFFECTED.c.reporter_id == id),
    Recipient.CARD: lambda id: select(col(SupportCard.service_id)).where(col(SupportCard.id) == id),
    Recipient.SUPPLIER: _service_of_supplier,
    Recipient.MAIL: lambda id: select(_MAIL.c.service_id).where(_MAIL.c.id == id),
    Recipient.SUBSCRIBER: _services_of_subscriber,
    Recipient.CONTACT: lambda id: select(col(Contact.service_id)).where(col(Contact.id) == id),
    Recipient.USER: lambda id: select(col(Membership.service_id)).where(col(Membership.user_id) == id),
}
"""Where the services of a message without a ticket are found, by its recipient."""
