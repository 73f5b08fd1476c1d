"""Subscribing to notices by email or text: confirmed by a link (double opt-in), and left by one press."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from navigator import clock, database
from navigator.catalogue.programme import Programme
from navigator.errors import NotFound, TooMany
from navigator.languages import current
from navigator.outbox.cancel import cancel_waiting
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.notice_subscriber import (
    CONFIRM,
    CONFIRM_WITHIN,
    LEAVE,
    NoticeSubscriber,
    is_subscriber_of,
    sealed,
)
from navigator.people.private_links import address_hash
from navigator.people.rate_limit import Limit, hit
from navigator.people.reporter import ContactMethod
from navigator.phone_numbers import e164
from navigator.tickets.report_input import ContactMethodInput
from navigator.tickets.reports.limits import PER_ADDRESS

LETTER = "notice_confirm"
PER_RECIPIENT = Limit(5, timedelta(hours=24))
_TOO_MANY = "There were too many requests from your connection. Try again in an hour."
_TOO_OFTEN = "This address was given many times today. We cannot take it again."
_NO_LINK = "This link does not work any more. Ask for messages again."


def subscribe(session: Session, address: str, programme: Programme, contact: ContactMethodInput) -> None:
    """Send a link that begins the messages; the same is said whether we know the address or not."""
    to = contact.email.casefold() or e164(contact.phone)
    if not hit(session, "subscribe", address, PER_ADDRESS):
        raise TooMany(_TOO_MANY)
    if not hit(session, "subscribe to", to, PER_RECIPIENT):
        raise TooMany(_TOO_OFTEN)
    key = {"programme_id": programme.id, "contact_hash": address_hash(to)}
    row = database.insert(session, NoticeSubscriber).values(
        **key,
        sealed_contact=sealed(contact.email or to),
        is_by_text=contact.route is ContactMethod.TEXT,
        page_language=current().code,
        created_at=clock.now(),
    )
    session.execute(row.on_conflict_do_nothing(index_elements=[*key]))
    subscriber = session.exec(select(NoticeSubscriber).filter_by(**key)).one()
    subscriber.page_language = current().code
    if subscriber.confirmed_at is None:
        subscriber.created_at = clock.now()
    enqueue(session, LETTER, Recipient.SUBSCRIBER, subscriber.id)


def subscriber_by_link(session: Session, purpose: str, token: str) -> NoticeSubscriber | None:
    """The subscription of a link; None once it is over. Not found if the desk did not make the link."""
    is_theirs = is_subscriber_of(purpose, token)
    if is_theirs is None:
        raise NotFound(_NO_LINK)
    return session.exec(select(NoticeSubscriber).where(is_theirs)).first()


def asked_for(session: Session, token: str) -> NoticeSubscriber:
    """The subscription that a link confirms, or has confirmed."""
    subscriber = subscriber_by_link(session, CONFIRM, token)
    if subscriber is None or not (subscriber.confirmed_at or subscriber.can_be_confirmed):
        raise NotFound(_NO_LINK)
    return subscriber


def confirm(session: Session, token: str) -> NoticeSubscriber:
    """Begin the messages; pressed again, nothing changes."""
    subscriber = asked_for(session, token)
    subscriber.confirmed_at = subscriber.confirmed_at or clock.now()
    return subscriber


def leave(session: Session, token: str) -> None:
    """End the messages and delete the address; what waits is not sent. Pressed again, nothing changes."""
    if subscriber := subscriber_by_link(session, LEAVE, token):
        cancel_waiting(session, Recipient.SUBSCRIBER, subscriber.id)
        session.delete(subscriber)
        session.flush()


def forget_unconfirmed(session: Session, now: datetime) -> None:
    """Delete the addresses of those who never opened the link that begins the messages."""
    is_late = (
        col(NoticeSubscriber.confirmed_at).is_(None),
        col(NoticeSubscriber.created_at) <= now - CONFIRM_WITHIN,
    )
    session.exec(delete(NoticeSubscriber).where(*is_late))
