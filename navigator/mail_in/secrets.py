"""The secret of a mailbox: sealed for the server, the user and the way in that it was typed for."""

from sqlmodel import Session

from navigator.catalogue.mailbox import Mailbox
from navigator.mail_in.tables import MailboxState
from navigator.seal import SealBroken, seal, unseal


def _purpose(mailbox: Mailbox) -> str:
    """Whoever changes where the desk logs in must type the secret anew: it cannot be sent elsewhere."""
    return f"mailbox {mailbox.host} {mailbox.user} {mailbox.log_in} {mailbox.token_url} {mailbox.client_id}"


def state_of(session: Session, service_id: int) -> MailboxState:
    """How a mailbox goes: a row of its own, made when it is asked for first."""
    state = session.get(MailboxState, service_id)
    if state is None:
        state = MailboxState(service_id=service_id)
        session.add(state)
        session.flush()
    return state


def keep_secret(session: Session, mailbox: Mailbox, secret: str) -> None:
    """Keep what was typed, in place of what was kept."""
    state_of(session, mailbox.service_id).sealed_secret = seal(secret, _purpose(mailbox))


def open_secret(session: Session, mailbox: Mailbox) -> str | None:
    """The secret; None if there is none, or it was typed for another server."""
    state = session.get(MailboxState, mailbox.service_id)
    try:
        return unseal(state.sealed_secret, _purpose(mailbox)) if state and state.sealed_secret else None
    except SealBroken:
        return None
