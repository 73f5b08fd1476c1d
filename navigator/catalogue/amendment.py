"""What a service adds to the shipped catalogue: amended leaves, replies to hand, and every change with its undo."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class LeafAmendment(Table, table=True):
    """What differs from the shipped leaf of that id, in the words of the catalogue's file."""

    category: str = Field(primary_key=True)
    differs: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class CannedReply(Table, table=True):
    """A reply to hand, for a leaf and a programme or for any; `{{reference}}` and the like are filled in."""

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    programme_id: int | None = Field(default=None, foreign_key="programme.id")
    category: str | None = None
    title: str
    body: str


class Change(Table, table=True):
    """One change of the configuration: who, what, and how it was before, so that it can be taken back."""

    id: int = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now)
    actor_id: int | None = Field(default=None, foreign_key="user.id")
    actor_name: str
    service_id: int | None = Field(default=None, foreign_key="service.id", index=True)
    subject: str
    key: str
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    undoes: int | None = Field(default=None, foreign_key="change.id")
