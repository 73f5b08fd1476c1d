"""Phone calls with reporters: when, what came of it, how long, and what it was for."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of
from navigator.tickets.enums import CallDirection, CallOutcome, CallPurpose


class PhoneCall(Table, table=True):
    """One call with a reporter, or one that nobody took: never what was said."""

    __table_args__ = (
        Index("ix_phonecall_at", "at", "ticket_number", "responsibility", "minutes", "started_by", "came"),
        one_of("came", CallOutcome),
        one_of("responsibility", CallPurpose),
        one_of("started_by", CallDirection),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    user_id: int | None = Field(default=None, foreign_key="user.id")
    created_at: datetime = Field(default_factory=now, sa_column_kwargs={"name": "at"})
    outcome: str = Field(sa_column_kwargs={"name": "came"})
    purpose: str = Field(sa_column_kwargs={"name": "responsibility"})
    direction: str = Field(sa_column_kwargs={"name": "started_by"})
    minutes: int | None = None
