"""Presence: who has a ticket’s page open."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import literal, union_all
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, col, func, select

from navigator import clock
from navigator.clock import now
from navigator.database import Table
from navigator.errors import Forbidden
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.visibility import find

PRESENT_FOR = timedelta(seconds=75)
"""For so long after a page was last heard of, somebody is taken to read it: pages tell every 30 seconds."""


WRITING_FOR = timedelta(seconds=75)


class Presence(Table, table=True):
    """When somebody's open page of a ticket was last heard of."""

    ticket_number: int = Field(foreign_key="ticket.number", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True)
    seen_at: datetime = Field(default_factory=now, index=True)


def writer_of(session: Session, actor: Actor, number: int) -> int:
    """The user id of whoever works on a ticket that they may see; refused without an account."""
    find(session, actor, number)
    if actor.user_id is None:
        raise Forbidden("Only somebody with an account writes here.")
    return actor.user_id


def mark_present(session: Session, actor: Actor, number: int) -> None:
    """Somebody has a ticket's page open."""
    here = writer_of(session, actor, number)
    with suppress(IntegrityError), session.begin_nested():  # two of their pages may come at once
        session.merge(Presence(ticket_number=number, user_id=here, seen_at=clock.now()))


def who_else_is_here(session: Session, actor: Actor, number: int) -> Sequence[str]:
    """Who else is at a ticket now, in words: whoever writes first."""
    now = clock.now()
    at_it = union_all(
        select(ReplyDraft.user_id, literal("writing").label("does")).where(
            ReplyDraft.ticket_number == number, col(ReplyDraft.updated_at) > now - WRITING_FOR
        ),
        select(Presence.user_id, literal("reading").label("does")).where(
            Presence.ticket_number == number, col(Presence.seen_at) > now - PRESENT_FOR
        ),
    ).subquery()
    query = select(User.name, func.max(at_it.c.does)).join(at_it, at_it.c.user_id == col(User.id))
    query = query.where(User.id != actor.user_id).group_by(col(User.id), col(User.name))
    found = sorted(session.exec(query), key=lambda row: (row[1] != "writing", row[0]))
    return [f"{name} is {does}" for name, does in found]
