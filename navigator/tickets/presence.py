"""Presence: who has a ticket’s page open or writes on it, and what of it they have read."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, literal, union_all
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, col, func, select
from sqlmodel.sql.expression import Select

from navigator import clock
from navigator.clock import now
from navigator.database import Table, ask
from navigator.errors import Forbidden
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.tickets.reads import mark_read
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find

PRESENT_FOR = timedelta(seconds=75)
"""How long after its last heartbeat a page counts as open: pages send one every 30 seconds."""

WRITING_FOR = timedelta(seconds=75)


class Presence(Table, table=True):
    """The last heartbeat of somebody's open page of a ticket."""

    ticket_number: int = Field(foreign_key="ticket.number", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True)
    seen_at: datetime = Field(default_factory=now, index=True)


def require_user_id(session: Session, actor: Actor, number: int) -> int:
    """The user id of an actor who may see a ticket; refused without an account."""
    find(session, actor, number)
    if actor.user_id is None:
        raise Forbidden("Only somebody with an account writes here.")
    return actor.user_id


def mark_present(session: Session, actor: Actor, number: int) -> None:
    """Record that an actor has a ticket's page open."""
    user_id = require_user_id(session, actor, number)
    with suppress(IntegrityError), session.begin_nested():  # two of their pages may come at once
        session.merge(Presence(ticket_number=number, user_id=user_id, seen_at=clock.now()))


def mark_read_page(session: Session, actor: Actor, number: int, version: int | None) -> None:
    """Record that an actor has read a ticket, if their page shows all of it: that version is the newest."""
    query = select(Ticket.version).where(Ticket.number == number)
    # Whoever changes a ticket locks it, then marks it as read: this too, or each waits for the other.
    newest = session.exec(query.with_for_update(read=True, key_share=True)).one()
    if newest == version:
        mark_read(session, actor, number)


def others_present(session: Session, actor: Actor, number: int) -> Sequence[str]:
    """Who else has a ticket open now, in words: those who write first."""
    now = clock.now()
    since = {"written_since": now - WRITING_FOR, "seen_since": now - PRESENT_FOR}
    others: Sequence[Any] = ask(
        session, _others_query(), number=number, user=actor.user_id or 0, **since
    ).all()
    return in_words(others)


def in_words(activities: Iterable[Any]) -> list[str]:
    """What people do, each a name and an activity, in words: those who write first."""
    rows = sorted(activities, key=lambda row: (row[1] != "writing", row[0]))
    return [f"{name} is {activity}" for name, activity in rows]


@cache
def _others_query() -> Select[str, Any]:
    activities = union_all(
        select(ReplyDraft.user_id, literal("writing").label("activity")).where(
            ReplyDraft.ticket_number == bindparam("number"),
            col(ReplyDraft.updated_at) > bindparam("written_since"),
        ),
        select(Presence.user_id, literal("reading").label("activity")).where(
            Presence.ticket_number == bindparam("number"), col(Presence.seen_at) > bindparam("seen_since")
        ),
    ).subquery()
    query = select(User.name, func.max(activities.c.activity)).join(
        activities, activities.c.user_id == col(User.id)
    )
    return query.where(User.id != bindparam("user")).group_by(col(User.id), col(User.name))
