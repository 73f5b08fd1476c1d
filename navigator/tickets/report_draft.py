"""Tables of report drafts while the form is answered, and of deflections: solved without a ticket."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class ReportDraft(Table, table=True):
    """A report being written without an account, kept for an hour; the cookie holds the token."""

    __tablename__ = "draft"

    token_hash: str = Field(primary_key=True)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    updated_at: datetime = Field(default_factory=now, index=True)
    is_of_concern: bool = False
    sent_number: int | None = Field(default=None, foreign_key="ticket.number")


class Deflection(Table, table=True):
    """That a known fix solved a problem before a ticket was made: a count, not a person."""

    __tablename__ = "solvedwithout"
    __table_args__ = (Index("ix_solvedwithout_service", "service_id", "at"),)

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id")
    programme_id: int | None = Field(default=None, foreign_key="programme.id")
    category: str
    created_at: datetime = Field(default_factory=now, sa_column_kwargs={"name": "at"})
