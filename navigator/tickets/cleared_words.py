"""Table of first words that a person has cleared: they may leave the service, in a pack for the supplier."""

from datetime import datetime

from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class ClearedWords(Table, table=True):
    """That somebody has read the first words of a report and found nobody in them; who, and when."""

    __tablename__ = "clearedwords"

    message_id: int = Field(foreign_key="message.id", primary_key=True)
    user_id: int | None = Field(default=None, foreign_key="user.id")
    created_at: datetime = Field(default_factory=now)
