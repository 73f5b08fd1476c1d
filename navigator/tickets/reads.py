"""When each person last read a ticket: by what they did to it, or by having its page open."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Field, Session, select

from navigator import clock
from navigator.clock import now
from navigator.database import Table, upsert
from navigator.people.actor import Actor
from navigator.tickets.ticket import Message


class TicketRead(Table, table=True):
    """When a member of staff last read what is on a ticket."""

    ticket_number: int = Field(foreign_key="ticket.number", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True)
    read_at: datetime = Field(default_factory=now, index=True)


_LAST_READ = select(TicketRead.read_at).where(
    TicketRead.ticket_number == bindparam("number"), TicketRead.user_id == bindparam("user")
)


def last_read_at(session: Session, actor: Actor, number: int) -> datetime | None:
    """When an actor last read a ticket that they may see; None if they never did."""
    return session.exec(_LAST_READ, params={"number": number, "user": actor.user_id or 0}).one_or_none()


def mark_read(session: Session, actor: Actor, number: int) -> None:
    """Record that an actor has read a ticket to its end; whoever has no account reads nothing here."""
    if actor.user_id is not None:
        read = {"ticket_number": number, "user_id": actor.user_id, "read_at": clock.now()}
        session.execute(upsert(session, _mark), read)


def _mark(insert: Callable[[Any], Any]) -> Any:
    statement = insert(TicketRead)
    return statement.on_conflict_do_update(
        index_elements=["ticket_number", "user_id"], set_={"read_at": statement.excluded.read_at}
    )


def first_unread_id(session: Session, actor: Actor, number: int, messages: Sequence[Message]) -> int | None:
    """The first of a ticket’s messages that others wrote since an actor read it; none at a first look."""
    return first_after(last_read_at(session, actor, number), actor, messages)


def first_after(read_at: datetime | None, actor: Actor, messages: Sequence[Message]) -> int | None:
    """The first message that others wrote since an actor read them, where it is known when they did."""
    new = (
        message.id
        for message in messages
        if read_at and message.created_at > read_at and message.author_id != actor.user_id
    )
    return next(new, None)
