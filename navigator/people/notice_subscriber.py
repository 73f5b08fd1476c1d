"""Subscribers: who gets notices of a programme, where, and the signed tokens of the links in what they get.

The address is kept sealed, and as a keyed hash by which it is found; no ticket and no account belongs to it.
"""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, UniqueConstraint
from sqlmodel import Field, and_, col

from navigator.clock import now
from navigator.database import Table
from navigator.languages import current
from navigator.seal import SealBroken, seal, unseal
from navigator.settings import settings

CONFIRM, LEAVE = "confirm", "leave"
CONFIRM_WITHIN = timedelta(days=3)
"""How long a subscription waits for its link to be opened; then it is deleted."""
_SEALED_FOR = "notices"
_SIGNATURE_LENGTH = 32
"""Hexadecimal digits: 128 bits, in an address that goes into a text message."""
_KEY_LENGTH = 16
"""So much of the hash of an address tells it from all others of its programme."""


class NoticeSubscriber(Table, table=True):
    """Somebody who asked for the notices of a programme; none is sent before they confirmed it (opt-in)."""

    __table_args__ = (UniqueConstraint("programme_id", "contact_hash"),)

    id: int = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id")
    contact_hash: str = Field(index=True)
    sealed_contact: str
    is_by_text: bool = False
    page_language: str = Field(default_factory=lambda: current().code)
    created_at: datetime = Field(default_factory=now)
    confirmed_at: datetime | None = None

    @property
    def contact(self) -> str:
        """Where to write; empty if the secret of the installation is another one now."""
        try:
            return unseal(self.sealed_contact, _SEALED_FOR)
        except SealBroken:
            return ""

    @property
    def can_be_confirmed(self) -> bool:
        """Whether the link that confirms it still works."""
        return self.confirmed_at is None and now() < self.created_at + CONFIRM_WITHIN


def sealed(contact: str) -> str:
    """An address as it is kept."""
    return seal(contact, _SEALED_FOR)


def subscriber_token(purpose: str, subscriber: NoticeSubscriber) -> str:
    """The token of a link that does one thing, to one address and programme.

    It names no row: the number of one that was deleted may be somebody else's today.
    """
    key = f"{subscriber.programme_id}-{subscriber.contact_hash[:_KEY_LENGTH]}"
    return f"{key}-{_signature(purpose, key)}"


def is_subscriber_of(purpose: str, token: str) -> ColumnElement[bool] | None:
    """The condition for the subscription of a link; None if the desk did not sign it."""
    key, _, signature = token.rpartition("-")
    programme, _, contact = key.partition("-")
    is_signed = hmac.compare_digest(signature.encode("utf-8", "replace"), _signature(purpose, key).encode())
    if not is_signed or not contact:  # of a row alone: signed so once, and now it would be any of a programme
        return None
    is_of_programme = NoticeSubscriber.programme_id == int(programme)
    return and_(is_of_programme, col(NoticeSubscriber.contact_hash).startswith(contact))


def _signature(purpose: str, key: str) -> str:
    words = f"notices\n{purpose}\n{key}".encode("utf-8", "replace")
    return hmac.digest(settings().signing_key().encode(), words, "sha256").hex()[:_SIGNATURE_LENGTH]
