"""What must not fail silently: a mailbox that cannot be read, and mail that nobody has read or sorted."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from navigator.catalogue.mailbox import Mailbox
from navigator.catalogue.service import Service
from navigator.dates_in_words import when
from navigator.mail_in.tables import Mail, MailboxState, MailState

UNREAD_FOR = timedelta(minutes=30)
"""A server that is made anew is there again by then."""
WAITS_FOR = timedelta(minutes=10)
UNSORTED_FOR = timedelta(days=1)


def what_is_wrong(session: Session, now: datetime) -> str:
    """What is wrong with mail in, in words; empty where nothing is."""
    return " ".join(filter(None, (_mailboxes(session, now), _waiting(session, now), _unsorted(session, now))))


def _mailboxes(session: Session, now: datetime) -> str:
    query = (
        select(Service.name, func.min(col(MailboxState.failing_since_at)))
        .join(MailboxState, col(MailboxState.service_id) == col(Service.id))
        .join(Mailbox, col(Mailbox.service_id) == col(Service.id))
        .where(
            col(Mailbox.is_active), Mailbox.host != "", col(MailboxState.failing_since_at) < now - UNREAD_FOR
        )
        .group_by(Service.name)
        .order_by(Service.name)
    )
    found = [f"{name} since {when(since)}" for name, since in session.exec(query) if since]
    return f"Mail cannot be read: {', '.join(found)}." if found else ""


def _waiting(session: Session, now: datetime) -> str:
    oldest: datetime | None = session.exec(
        select(func.min(col(Mail.received_at))).where(Mail.state == MailState.WAITING)
    ).one()
    return (
        f"Mail waits to be read since {when(oldest)}."
        if oldest is not None and oldest < now - WAITS_FOR
        else ""
    )


def _unsorted(session: Session, now: datetime) -> str:
    oldest: datetime | None = session.exec(
        select(func.min(col(Mail.received_at))).where(Mail.state == MailState.UNSORTED)
    ).one()
    return (
        f"Mail waits to be sorted since {when(oldest)}."
        if oldest is not None and oldest < now - UNSORTED_FOR
        else ""
    )


def missing(session: Session, service: Service) -> str:
    """What a service’s mailbox lacks before people may use it; empty where it has none, or nothing is."""
    mailbox = session.get(Mailbox, service.id)
    if mailbox is None or not mailbox.is_fetched:
        return ""
    state = session.get(MailboxState, service.id)
    return "" if state and state.worked_at and state.failing_since_at is None else "its mailbox can be read"
