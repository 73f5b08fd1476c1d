"""Table of people who said that they have a known problem too: counted once, and told when it is over."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class AffectedPerson(Table, table=True):
    """Somebody who has a known problem too, and made no ticket of it.

    The token is in their browser alone, so that it counts once, and so does one `contact_hash`; `reporter_id`
    is how to reach them, if they want to be told; `ticket_number` is the report that they made as well.
    """

    __table_args__ = (UniqueConstraint("problem_id", "token_hash"),)

    id: int = Field(default=None, primary_key=True)
    problem_id: int = Field(foreign_key="problem.id")
    service_id: int = Field(foreign_key="service.id")
    token_hash: str
    contact_hash: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    reporter_id: int | None = Field(default=None, foreign_key="reporter.id", index=True)
    ticket_number: int | None = Field(default=None, foreign_key="ticket.number")
    created_at: datetime = Field(default_factory=now)
    told_at: datetime | None = None
