"""Which tickets came from another desk, by their numbers there: so that none is imported twice."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class ImportedTicket(Table, table=True):
    """A ticket of another desk, by its number there, and what was made of it here."""

    __tablename__ = "importedticket"
    __table_args__ = (UniqueConstraint("service_id", "source", "source_id"),)

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id")
    source: str
    source_id: str
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    imported_at: datetime = Field(default_factory=now)
