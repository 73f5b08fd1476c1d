"""What was sent and can still be taken back: until when, and how the ticket stood before."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, BindParameter, ColumnElement, or_
from sqlmodel import Field, Session, col, select

from navigator.clock import now
from navigator.database import Table
from navigator.tickets.ticket import Message, Ticket

LONGEST_HOLD = timedelta(minutes=2)
"""More than any service lets what it sends wait."""

GRACE = timedelta(seconds=1)
"""So much before a message leaves it is too late to take it back: its reader may be there on the second."""

_STAYS = frozenset({"version", "updated_at", "review_requested_at", "has_open_review"})
"""Columns that are not put back: nothing but a clinician's outcome ends a clinical review."""


class HeldSend(Table, table=True):
    """Words to a reporter that leave at `leaves_at`, with what was done with them.

    `changed` holds the columns of the ticket that it changed, each before and after; `parts` what was chosen
    beside the words; `outbox_ids` the letters that wait; `mark` is of the form that was sent, hashed.
    """

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    user_id: int = Field(foreign_key="user.id")
    action: str
    created_at: datetime = Field(default_factory=now)
    leaves_at: datetime
    changed: dict[str, list[Any]] = Field(default_factory=dict, sa_type=JSON)
    parts: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    mark: str = ""
    outbox_ids: list[int] = Field(default_factory=list, sa_type=JSON)

    def is_held(self, at: datetime) -> bool:
        """Whether its reporter does not see it yet."""
        return self.created_at <= at < self.leaves_at

    def seconds_left(self, at: datetime) -> int:
        """The seconds in which it can be taken back."""
        left = (self.leaves_at - GRACE - at).total_seconds()
        return max(0, int(left)) if self.is_held(at) else 0


def has_left(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition under which a message is its reporter's to read.

    What was written by a clock that stood ahead does not wait until that time comes; its letter does not.
    """
    leaves_at = col(Message.leaves_at)
    return or_(leaves_at.is_(None), leaves_at <= at, col(Message.created_at) > at)


def snapshot(ticket: Ticket) -> dict[str, Any]:
    """The columns of a ticket that can be put back, as JSON holds them."""
    return ticket.model_dump(mode="json", exclude=set(_STAYS))


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """The columns that differ, each before and after."""
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def put_back(ticket: Ticket, changed: dict[str, list[Any]], current: dict[str, Any]) -> None:
    """Put back the columns that are still as they were left; what somebody changed since stays."""
    for name, (before, after) in changed.items():
        if current[name] == after:
            setattr(ticket, name, from_json(name, before))


def from_json(name: str, value: Any) -> Any:
    """A value of a column of a ticket, as JSON holds it."""
    return _adapter(name).validate_python(value)


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    """Reads a column's value as JSON holds it."""
    annotation: Any = Ticket.model_fields[name].annotation
    return TypeAdapter(annotation)


def held_sends(session: Session, number: int, at: datetime) -> list[HeldSend]:
    """What was sent from a ticket and has not left, newest first."""
    query = select(HeldSend).where(
        HeldSend.ticket_number == number, col(HeldSend.leaves_at) > at, col(HeldSend.created_at) <= at
    )
    return [*session.exec(query.order_by(col(HeldSend.id).desc())).all()]


def as_its_reporter_knows(session: Session, ticket: Ticket, at: datetime) -> Ticket:
    """A ticket without what was done with words that have not left: a copy of it, if there are any."""
    if ticket.updated_at <= at - LONGEST_HOLD:  # as most are, at no cost
        return ticket
    if not (held := held_sends(session, ticket.number, at)):
        return ticket
    known = Ticket(**ticket.model_dump())
    for send in held:
        put_back(known, send.changed, snapshot(known))
    return known
