"""Subscribers: who gets notices of a programme, where, and the signed tokens of the links in what they get.

The address is kept sealed, and as a keyed hash by which it is found; no ticket and no account belongs to it.
"""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

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


def subscriber_token(purpose: str, id: int) -> str:
    """The token of a link that does one thing, to one subscription."""
    return f"{id}-{_signature(purpose, id)}"


def subscriber_id(purpose: str, token: str) -> int | None:
    """Whose link this is; None if the desk did not sign it."""
    number, _, signature = token.partition("-")
    if not number.isascii() or not number.isdecimal() or len(number) > len(str(2**31)):
        return None
    is_ours = hmac.compare_digest(
        signature.encode("utf-8", "replace"), _signature(purpose, int(number)).encode()
    )
    return int(number) if is_ours and str(int(number)) == number else None


def _signature(purpose: str, id: int) -> str:
    key = settings().signing_key().encode()
    return hmac.digest(key, f"notices\n{purpose}\n{id}".encode(), "sha256").hex()[:_SIGNATURE_LENGTH]
