"""Slips beside the tickets: drafts, what is not sent, calls, who is there, answers given, what was solved."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of
from navigator.tickets.terms import Came, Responsibility, Side

IS_HERE = timedelta(seconds=75)
"""For so long after a page was last heard of, somebody is taken to read it: pages tell every 30 seconds."""


class Draft(Table, table=True):
    """A report being written without an account, kept for an hour; the cookie holds the token."""

    token_hash: str = Field(primary_key=True)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    updated_at: datetime = Field(default_factory=now, index=True)
    is_of_concern: bool = False
    sent_number: int | None = Field(default=None, foreign_key="ticket.number")


class Idempotency(Table, table=True):
    """An answer already given to a caller's key, so that a repeat gets the same."""

    caller_hash: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: str
    at: datetime = Field(default_factory=now, index=True)
    status: int | None = None
    answer: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class SolvedWithout(Table, table=True):
    """That a known fix solved a problem before a ticket was made: a count, not a person."""

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    programme_id: int | None = Field(default=None, foreign_key="programme.id")
    category: str
    at: datetime = Field(default_factory=now)


class PhoneCall(Table, table=True):
    """One call with a reporter, or one that nobody took: never what was said."""

    __table_args__ = (
        one_of("came", Came),
        one_of("responsibility", Responsibility),
        one_of("started_by", Side),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    user_id: int | None = Field(default=None, foreign_key="user.id")
    at: datetime = Field(default_factory=now, index=True)
    came: str
    responsibility: str
    started_by: str
    minutes: int | None = None


class Unsent(Table, table=True):
    """What a member of staff wrote for one deed on a ticket, and has not sent."""

    ticket_number: int = Field(foreign_key="ticket.number", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True)
    deed: str = Field(primary_key=True)
    body: str
    updated_at: datetime = Field(default_factory=now, index=True)


class Presence(Table, table=True):
    """When somebody's open page of a ticket was last heard of."""

    ticket_number: int = Field(foreign_key="ticket.number", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True)
    seen_at: datetime = Field(default_factory=now, index=True)
