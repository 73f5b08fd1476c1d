"""Tables of records: holds, runs of retention, requests of people, and erasures to repeat after a restore."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, false
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of


class RequestStatus(StrEnum):
    """What became of a request: still looked at, a copy was handed over, or everything was erased."""

    OPEN = "open"
    COPIED = "copied"
    ERASED = "erased"


class RecordHold(Table, table=True):
    """That a ticket is neither deleted nor erased, why, and until which day; perhaps all of its person."""

    __tablename__ = "recordhold"

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    is_of_person: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    reason: str
    until_on: date
    set_by: int | None = Field(default=None, foreign_key="user.id")
    created_at: datetime = Field(default_factory=now)
    lifted_at: datetime | None = None
    lifted_by: int | None = Field(default=None, foreign_key="user.id")


class RetentionRun(Table, table=True):
    """What one run of retention deleted or emptied of a service: counts by class, never of whom."""

    __tablename__ = "retentionrun"

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    ran_at: datetime = Field(default_factory=now)
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    held: int = 0


class RecordRequest(Table, table=True):
    """What somebody asks of their records: by what they are found, and what staff chose of what was found.

    `identifiers`, `withheld` and `mentions` lead to a person, and go once it is done, or after 30 days.
    """

    __tablename__ = "recordrequest"

    __table_args__ = (one_of("status", RequestStatus),)

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    status: str = RequestStatus.OPEN
    identifiers: list[str] = Field(default_factory=list, sa_type=JSON)
    tickets: list[int] = Field(default_factory=list, sa_type=JSON)
    mentions: list[str] = Field(default_factory=list, sa_type=JSON)
    withheld: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(default_factory=now, index=True)
    ended_at: datetime | None = None


class Erasure(Table, table=True):
    """One erasure, so that it can be repeated after a restore: which tickets, and keyed hashes of words."""

    id: int = Field(default=None, primary_key=True)
    tickets: list[int] = Field(default_factory=list, sa_type=JSON)
    hashes: list[str] = Field(default_factory=list, sa_type=JSON)
    places: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    user_id: int | None = Field(default=None, foreign_key="user.id")
    erased_at: datetime = Field(default_factory=now)
