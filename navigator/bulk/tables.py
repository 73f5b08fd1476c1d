"""Tables of bulk actions: an action confirmed for many tickets, and the result of each."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, literal
from sqlmodel import Field, col

from navigator.clock import now
from navigator.database import Table, one_of, partial_index
from navigator.tickets.action_rules import Action


class BulkItemState(StrEnum):
    """The result of a bulk action for one ticket."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    LEFT_OUT = "left_out"


class BulkAction(StrEnum):
    """The actions that can be applied to many tickets at once."""

    ASSIGN = Action.ASSIGN.value
    TRIAGE = Action.TRIAGE.value
    LINK = Action.LINK.value
    REPLY = Action.REPLY.value
    RESOLVE = Action.RESOLVE.value


class Bulk(Table, table=True):
    """One action for many tickets, by a member of staff or an API key; `size` is the number of tickets.

    What writes to reporters begins some seconds later, so that it can be stopped before any of it is sent.
    """

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
    begins_at: datetime | None = None
    stopped_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def has_begun(self) -> bool:
        """Whether its first ticket may have been done by now, or when it was stopped."""
        at = self.stopped_at or now()
        return self.begins_at is None or not self.created_at <= at < self.begins_at

    @property
    def is_running(self) -> bool:
        """Whether it has neither ended nor been stopped."""
        return self.stopped_at is None and self.ended_at is None


class BulkItem(Table, table=True):
    """One ticket of a bulk, at the version that was confirmed, and the result."""

    __table_args__ = (
        one_of("state", BulkItemState),
        UniqueConstraint("bulk_id", "ticket_number"),
        # State first, so that SQLite takes it before it has counted what the table holds.
        partial_index("ix_bulkitem_pending", "state", "bulk_id", where="state = 'pending'"),
    )

    id: int = Field(default=None, primary_key=True)
    bulk_id: int = Field(foreign_key="bulk.id")
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    version: int
    state: str = BulkItemState.PENDING
    outcome: str = ""
    done_at: datetime | None = None


# A literal, so that both engines can prove that the partial index of what is pending fits.
IS_PENDING = col(BulkItem.state) == literal(BulkItemState.PENDING.value, literal_execute=True)
