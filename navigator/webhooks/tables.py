"""Tables of webhooks: endpoints of a service, their sealed secrets, and what is to be delivered to each."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, ColumnElement, UniqueConstraint, and_
from sqlmodel import Field, col

from navigator.clock import now
from navigator.database import Table, partial_index


class Pause(StrEnum):
    """Why nothing is sent to an endpoint for now."""

    GONE = "gone"
    FAILS = "fails"


class WebhookEndpoint(Table, table=True):
    """An address of another system, which events it is told of, who answers for it, and how it goes.

    While it is paused what happens is kept for it, and sent when somebody has it go on.
    """

    __tablename__ = "webhookendpoint"
    __table_args__ = (UniqueConstraint("service_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    code: str
    name: str = ""
    url: str = ""
    events: list[str] = Field(default_factory=list, sa_type=JSON)
    is_active: bool = True
    owner_id: int | None = Field(default=None, foreign_key="user.id")
    review_on: date | None = None
    failing_since_at: datetime | None = None
    paused_at: datetime | None = None
    paused_because: str = ""
    created_at: datetime = Field(default_factory=now)


class WebhookSecret(Table, table=True):
    """A secret by which calls to an endpoint are signed, sealed; two may be good at once, to change over."""

    __tablename__ = "webhooksecret"

    id: int = Field(default=None, primary_key=True)
    endpoint_id: int = Field(foreign_key="webhookendpoint.id", index=True)
    sealed: str
    created_at: datetime = Field(default_factory=now)
    ended_at: datetime | None = None


def _new_message_id() -> str:
    return f"msg_{uuid4().hex}"


class WebhookDelivery(Table, table=True):
    """One call to an endpoint, made at least once, always with the same `message_id` and the same body."""

    __tablename__ = "webhookdelivery"
    __table_args__ = (
        partial_index(
            "ix_webhookdelivery_waiting",
            "endpoint_id",
            "send_at",
            where="sent_at IS NULL AND failed_at IS NULL",
        ),
    )

    id: int = Field(default=None, primary_key=True)
    endpoint_id: int = Field(foreign_key="webhookendpoint.id", index=True)
    message_id: str = Field(default_factory=_new_message_id, unique=True)
    event: str
    ticket_number: int | None = None
    body: str
    queued_at: datetime = Field(default_factory=now, index=True)
    send_at: datetime = Field(default_factory=now)
    attempts: int = 0
    claimed_until_at: datetime | None = None
    tried_at: datetime | None = None
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    response_status: int | None = None
    last_error: str = ""


def is_waiting() -> ColumnElement[bool]:
    """The condition that a delivery has neither arrived nor been given up."""
    delivery: Any = WebhookDelivery
    return and_(col(delivery.sent_at).is_(None), col(delivery.failed_at).is_(None))
