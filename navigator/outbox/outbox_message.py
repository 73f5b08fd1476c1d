"""Outbox message: a notification to send, stored as template and ids, never as rendered text or a link."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, false, text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of, partial_index


class DeliveryChannel(StrEnum):
    """How a message is delivered."""

    EMAIL = "email"
    TEXT = "text"


class Recipient(StrEnum):
    """Whose address is looked up when a message is sent."""

    REPORTER = "reporter"
    USER = "user"
    CONTACT = "contact"
    CARD = "card"
    SUPPLIER = "supplier"
    MAIL = "mail"
    SUBSCRIBER = "subscriber"


class OutboxMessage(Table, table=True):
    """One e-mail or SMS to send; a job claims, renders and sends it at least once.

    Of a text: `provider_id` is its id at whoever carries it, `sent_to_hash` the keyed hash of the number, and
    `came_back` how often it was not delivered for now. `delivered_at` is when it arrived, where that is told.
    """

    __tablename__ = "letter"

    __table_args__ = (
        one_of("channel", DeliveryChannel),
        one_of("recipient", Recipient),
        partial_index("ix_letter_waiting", "send_at", where="sent_at IS NULL"),
        partial_index("ix_letter_sent_to", "sent_to_hash", where="sent_to_hash <> ''"),
    )

    id: int = Field(default=None, primary_key=True)
    template: str
    channel: str = DeliveryChannel.EMAIL
    recipient: str
    recipient_id: int
    ticket_number: int | None = Field(default=None, index=True)
    context: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"name": "facts"})
    dedupe_key: str | None = Field(default=None, unique=True, sa_column_kwargs={"name": "once"})
    queued_at: datetime = Field(default_factory=now)
    send_at: datetime = Field(default_factory=now)
    attempts: int = 0
    claimed_until_at: datetime | None = None
    sent_at: datetime | None = None
    failed_at: datetime | None = Field(default=None, sa_column_kwargs={"name": "given_up_at"})
    followed_up_at: datetime | None = None
    """When one to a reporter that failed was sent by their next way, or staff were asked to call."""
    last_error: str = ""
    provider_id: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    sent_to_hash: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    delivered_at: datetime | None = None
    came_back: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    is_for_digest: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """It is not sent itself: at `send_at` it becomes a line of its reader’s daily mail."""
