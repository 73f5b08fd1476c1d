"""Table of redactions: that words were removed from what a reporter wrote, and never which."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of

REMOVED = "[removed]"
"""What stands in the place of words that are gone."""


class RedactionReason(StrEnum):
    """Why words were removed for good."""

    PASSWORD = "password"  # noqa: S105 - a reason
    NHS_NUMBER = "nhs_number"
    ABOUT_SOMEBODY = "about_somebody"
    MISTAKE = "mistake"


class Redaction(Table, table=True):
    """One removal: who, when, from which message, how many characters, in how many other places, and why."""

    __table_args__ = (
        one_of("reason", RedactionReason),
        {"sqlite_autoincrement": True},  # each process sees by the newest id that there was one
    )

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    message_id: int = Field(foreign_key="message.id")
    user_id: int = Field(foreign_key="user.id")
    created_at: datetime = Field(default_factory=now)
    characters: int
    places: int
    reason: str
