"""The shape of a bulk: what somebody confirmed for many tickets, and what came of each."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, literal, text
from sqlmodel import Field, col

from navigator.clock import now
from navigator.database import Table, one_of
from navigator.tickets.action_rules import Action


class State(StrEnum):
    """What came of one ticket of a bulk."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    LEFT_OUT = "left_out"


class BulkAction(StrEnum):
    """What can be done to many tickets at once."""

    ASSIGN = Action.ASSIGN.value
    TRIAGE = Action.TRIAGE.value
    LINK = Action.LINK.value
    REPLY = Action.REPLY.value
    RESOLVE = Action.RESOLVE.value


class Bulk(Table, table=True):
    """One deed for many tickets, by a member of staff or another system's key; `size` is how many go."""

    __table_args__ = (
        one_of("action", BulkAction),
        Index(None, "created_at"),
    )

    id: int = Field(default=None, primary_key=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    key_id: int | None = Field(default=None, foreign_key="apikey.id", index=True)
    created_by: str = Field(sa_column_kwargs={"name": "by"})
    action: str
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"name": "what"})
    size: int
    created_at: datetime = Field(default_factory=now)
    stopped_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is still something to do, and nobody stopped it."""
        return self.stopped_at is None and self.ended_at is None


class BulkItem(Table, table=True):
    """One ticket of a bulk, at the version that was confirmed, and what came of it."""

    __table_args__ = (
        one_of("state", State),
        UniqueConstraint("bulk_id", "ticket_number"),
        Index(
            "ix_bulkitem_pending",
            "state",  # first, so that SQLite takes it before it has counted what the table holds
            "bulk_id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    bulk_id: int = Field(foreign_key="bulk.id")
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    version: int
    state: str = State.PENDING
    outcome: str = ""
    done_at: datetime | None = None


# A literal, so that both engines can prove that the partial index of what is pending fits.
IS_PENDING = col(BulkItem.state) == literal(State.PENDING.value, literal_execute=True)
