"""How long mail is kept as it came: what was decided goes after a while, what waits for a person never."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from navigator.mail_in.tables import Mail, MailOriginal, MailState

ORIGINALS = timedelta(days=90)
"""Of mails on tickets, and of what was set aside: the words stay on their ticket."""
AUTOMATIC = timedelta(days=30)
_MACHINES = (MailState.AUTOMATIC, MailState.BOUNCE)
_DECIDED = (MailState.JOINED, MailState.REPORTED, MailState.SET_ASIDE)


def forget_mail(session: Session, now: datetime) -> None:
    """Delete originals that nobody needs any more, and whom a machine’s or an old mail was from."""
    _forget(session, now - AUTOMATIC, _MACHINES)
    _forget(session, now - ORIGINALS, _DECIDED)


def _forget(session: Session, before: datetime, states: tuple[MailState, ...]) -> None:
    is_over = (col(Mail.state).in_(states), col(Mail.received_at) <= before)
    ids = select(Mail.id).where(*is_over)
    session.exec(delete(MailOriginal).where(col(MailOriginal.mail_id).in_(ids)))
    forgotten = {"from_address": "", "from_name": "", "subject": ""}
    session.exec(update(Mail).where(*is_over, col(Mail.from_address) != "").values(**forgotten))
