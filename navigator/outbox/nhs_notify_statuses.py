"""Statuses of texts that NHS Notify calls back: proven by a key and a signature, and read as receipts.

It calls for the message and for its channel, up to three times and in any order. What is not final, and what
another channel than a text says, changes nothing.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlmodel import Session

from navigator import clock
from navigator.outbox.nhs_notify import number_of, reference_of
from navigator.outbox.outbox_message import DeliveryChannel
from navigator.outbox.receipts import Receipt, is_being_sent, letter_of, note_receipt
from navigator.outbox.texts_sent import count_text
from navigator.settings import settings

Outcome = Literal["delivered", "permanent-failure", "temporary-failure", "technical-failure"]
_OF_MESSAGE: Mapping[str, Outcome] = MappingProxyType(
    {"delivered": "delivered", "failed": "permanent-failure"}
)
_OF_SUPPLIER: Mapping[str, Outcome] = MappingProxyType(
    {
        "delivered": "delivered",
        "permanent_failure": "permanent-failure",
        "temporary_failure": "temporary-failure",
        "technical_failure": "technical-failure",
    }
)
_ENDED = frozenset({"delivered", "failed"})


class _Attributes(BaseModel):
    message_id: str = Field(alias="messageId", min_length=1, max_length=100)
    reference: UUID = Field(alias="messageReference")
    message_status: str = Field(default="", alias="messageStatus")
    channel: str = ""
    channel_status: str = Field(default="", alias="channelStatus")
    supplier_status: str = Field(default="", alias="supplierStatus")


class _Item(BaseModel):
    type: str = ""
    attributes: _Attributes

    @property
    def outcome(self) -> Outcome | None:
        """What became of the text, if it is over."""
        said = self.attributes
        if self.type == "MessageStatus":
            return _OF_MESSAGE.get(said.message_status)
        is_over = said.channel == "sms" and said.channel_status in _ENDED
        return _OF_SUPPLIER.get(said.supplier_status) if self.type == "ChannelStatus" and is_over else None


class Statuses(BaseModel):
    """A call of NHS Notify; what else stands in it is not read."""

    data: Sequence[_Item] = Field(min_length=1, max_length=100)


def note_statuses(session: Session, statuses: Statuses) -> None:
    """Note what became of texts, each once, whichever of its calls comes first."""
    for item in statuses.data:
        if outcome := item.outcome:
            _note_id(session, item.attributes)
            number = str(number_of(item.attributes.reference))
            note_receipt(session, Receipt(id=item.attributes.message_id, reference=number, status=outcome))


def _note_id(session: Session, said: _Attributes) -> None:
    """Note their id of a text whose answer was lost: our reference of that very try proves which it is.

    If it waits to be tried again, it need not be: they have it, and say only once what became of it.
    """
    letter = letter_of(session, str(number_of(said.reference)))
    if letter is None or letter.channel != DeliveryChannel.TEXT or letter.failed_at or is_being_sent(letter):
        return
    if reference_of(letter.id, letter.queued_at, letter.came_back) != str(said.reference):
        return
    if letter.sent_at is None:
        letter.provider_id, letter.sent_at, letter.last_error = said.message_id, clock.now(), ""
        count_text(session, letter, 1)  # of how many parts nobody knows any more
    letter.provider_id = letter.provider_id or said.message_id


def has_key(key: str) -> bool:
    """Whether a call has the key that was agreed, compared in constant time."""
    agreed = settings().nhs_notify_callback_key.get_secret_value()
    return bool(agreed) and hmac.compare_digest(key.encode(), agreed.encode())


def is_signed(body: bytes, signature: str) -> bool:
    """Whether a call is signed with the secret that was agreed, byte for byte as it came."""
    secret = settings().nhs_notify_callback_secret.get_secret_value()
    right = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(signature.strip().casefold().encode(), right.encode())
