"""What must not fail silently: a mailbox that cannot be read, and mail that nobody has read or sorted."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, func, select

from navigator.catalogue.mailbox import Mailbox
from navigator.catalogue.service import Service
from navigator.dates_in_words import when
from navigator.mail_in.tables import Mail, MailboxState, MailState

UNREAD_FOR = timedelta(minutes=30)
"""A server that is made anew is there again by then."""
WAITS_FOR = timedelta(minutes=10)
CONCERN_FOR = timedelta(minutes=30)
"""No clinician is asked before a person has sorted it."""
UNSORTED_FOR = timedelta(days=1)


def what_is_wrong(session: Session, now: datetime) -> str:
    """What is wrong with mail in, in words; empty where nothing is."""
    checks = (_mailboxes, _waiting, _of_concern, _unsorted)
    return " ".join(filter(None, (check(session, now) for check in checks)))


def _mailboxes(session: Session, now: datetime) -> str:
    query = (
        select(Service.name, func.min(col(MailboxState.failing_since_at)))
        .join(MailboxState, col(MailboxState.service_id) == col(Service.id))
        .join(Mailbox, col(Mailbox.service_id) == col(Service.id))
        .where(
            col(Mailbox.is_active), Mailbox.host != "", col(MailboxState.failing_since_at) < now - UNREAD_FOR
        )
        .group_by(col(Service.id), Service.name)
        .order_by(Service.name, col(Service.id))
    )
    found = [f"{name} since {when(since)}" for name, since in session.exec(query) if since]
    return f"Mail cannot be read: {', '.join(found)}." if found else ""


def _waiting(session: Session, now: datetime) -> str:
    since = _oldest(session, Mail.state == MailState.WAITING, now - WAITS_FOR)
    return f"Mail waits to be read since {when(since)}." if since else ""


def _of_concern(session: Session, now: datetime) -> str:
    is_of_concern = and_(Mail.state == MailState.UNSORTED, col(Mail.is_of_concern))
    since = _oldest(session, is_of_concern, now - CONCERN_FOR)
    return f"Mail that may be about safety waits to be sorted since {when(since)}." if since else ""


def _unsorted(session: Session, now: datetime) -> str:
    since = _oldest(session, Mail.state == MailState.UNSORTED, now - UNSORTED_FOR)
    return f"Mail waits to be sorted since {when(since)}." if since else ""


def _oldest(session: Session, condition: Any, before: datetime) -> datetime | None:
    """When the oldest such mail came, if that was before then."""
    oldest: datetime | None = session.exec(select(func.min(col(Mail.received_at))).where(condition)).one()
    return oldest if oldest is not None and oldest < before else None


def missing(session: Session, service: Service) -> str:
    """What a service’s mailbox lacks before people may use it; empty where it has none, or nothing is."""
    mailbox = session.get(Mailbox, service.id)
    if mailbox is None or not mailbox.is_fetched:
        return ""
    state = session.get(MailboxState, service.id)
    return "" if state and state.worked_at and state.failing_since_at is None else "its mailbox can be read"
