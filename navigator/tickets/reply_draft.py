"""Autosaved drafts of what staff write on a ticket and have not sent."""

from datetime import datetime

from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class ReplyDraft(Table, table=True):
    """What a member of staff wrote for one action on a ticket, and has not sent."""

    __tablename__ = "unsent"

    ticket_number: int = Field(foreign_key="ticket.number", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True)
    address: str = Field(primary_key=True, sa_column_kwargs={"name": "deed"})
    body: str
    updated_at: datetime = Field(default_factory=now, index=True)
