"""Where a letter goes: looked up when it is queued and again when it is sent, because people change their minds."""

from dataclasses import dataclass

from sqlmodel import Session

from navigator.catalogue.place import Contact
from navigator.outbox.letter import Channel, Recipient
from navigator.people.person import User
from navigator.people.reporter import Reporter, Route


@dataclass(frozen=True)
class Address:
    """Somebody's e-mail address or phone number; never printed."""

    channel: Channel
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
    if reporter.route == Route.EMAIL:
        return _if_any(Channel.EMAIL, reporter.email)
    return _if_any(Channel.TEXT, reporter.phone) if reporter.route == Route.TEXT else None


def _of_user(session: Session, id: int) -> Address | None:
    user = session.get(User, id)
    return _if_any(Channel.EMAIL, user.email) if user and user.is_active else None


def _of_contact(session: Session, id: int) -> Address | None:
    contact = session.get(Contact, id)
    return _if_any(Channel.EMAIL, contact.email) if contact else None


def _if_any(channel: Channel, to: str) -> Address | None:
    return Address(channel, to) if to else None


_LOOK_UPS = {
    Recipient.REPORTER: _of_reporter,
    Recipient.USER: _of_user,
    Recipient.CONTACT: _of_contact,
}
