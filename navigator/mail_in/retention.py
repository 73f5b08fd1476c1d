"""Forgetting mail as it came: the sorted when its service says, a machine’s soon, the unsorted never."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, or_, select, update

from navigator.mail_in.tables import Mail, MailOriginal, MailState

AUTOMATIC = timedelta(days=30)
_MACHINES = (MailState.AUTOMATIC, MailState.BOUNCE)
_DECIDED = (MailState.JOINED, MailState.REPORTED, MailState.SET_ASIDE)


def forget_machines(session: Session, now: datetime, held: Collection[int]) -> None:
    """Forget what machines sent, but on tickets that are on hold."""
    is_over = (col(Mail.state).in_(_MACHINES), col(Mail.received_at) <= now - AUTOMATIC)
    is_free = or_(col(Mail.ticket_number).is_(None), col(Mail.ticket_number).not_in(held))
    forget(session, session.exec(select(Mail.id).where(*is_over, is_free, _is_kept())).all())


def decided_before(service_id: int, before: datetime) -> Any:
    """The mails of a service on a ticket or set aside that came before then, and are kept as they came."""
    is_over = (col(Mail.state).in_(_DECIDED), col(Mail.received_at) <= before)
    return select(Mail.id, Mail.ticket_number).where(Mail.service_id == service_id, *is_over, _is_kept())


def forget(session: Session, ids: Sequence[int]) -> None:
    """Delete the originals of mails, and whom they were from."""
    session.exec(delete(MailOriginal).where(col(MailOriginal.mail_id).in_(ids)))
    forgotten = {"from_address": "", "from_name": "", "subject": "", "message_ref": ""}
    session.exec(update(Mail).where(col(Mail.id).in_(ids)).values(**forgotten))


def _is_kept() -> Any:
    has_original = col(Mail.id).in_(select(MailOriginal.mail_id))
    return or_(has_original, Mail.from_address != "", Mail.from_name != "", Mail.subject != "")
