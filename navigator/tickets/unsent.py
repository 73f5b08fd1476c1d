"""What somebody writes and has not sent: kept for them alone; others see only that somebody writes."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import literal, union_all
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.errors import Forbidden
from navigator.people.actor import Actor
from navigator.people.person import User
from navigator.tickets.boxes import Input, Words
from navigator.tickets.slip import IS_HERE, Presence, Unsent
from navigator.tickets.visibility import find
from navigator.triage.screen import screen

WRITES = timedelta(seconds=75)

Kind = Literal["replies", "answers", "notes", "calls", "waiting", "parking", "resolution", "snooze", "split"]


TOLD_TO_US = frozenset({"answers", "notes", "calls", "snooze", "split"})
"""What tells of the reporter; the others are written to them."""


class UnsentInput(Input):
    """What stands in the box of one deed; nothing forgets it."""

    deed: Kind
    body: Annotated[Words, Field(title="what you want to say")] = ""


def keep(session: Session, actor: Actor, number: int, what: UnsentInput) -> bool:
    """Keep what somebody wrote for a deed on a ticket that they may see; True if a clinician should read it.

    Nobody is told yet: the writer is there, and what they save is screened again."""
    writer = _writer(session, actor, number)
    row = session.get(Unsent, (number, writer, what.deed))
    if row is None and what.body:
        session.add(Unsent(ticket_number=number, user_id=writer, deed=what.deed, body=what.body))
    elif row is not None and what.body:
        row.body, row.updated_at = what.body, clock.now()
    elif row is not None:
        session.delete(row)
    return what.deed in TOLD_TO_US and screen(what.body).hit


def _writer(session: Session, actor: Actor, number: int) -> int:
    find(session, actor, number)
    if actor.user_id is None:
        raise Forbidden("Only somebody with an account writes here.")
    return actor.user_id


def of(session: Session, actor: Actor, number: int, deed: str) -> str:
    """What somebody wrote for a deed and has not sent."""
    row = session.get(Unsent, (number, actor.user_id, deed)) if actor.user_id else None
    return row.body if row else ""


def forget(session: Session, actor: Actor, number: int, deed: str) -> None:
    """It was sent."""
    if row := session.get(Unsent, (number, actor.user_id, deed)):
        session.delete(row)


def come(session: Session, actor: Actor, number: int) -> None:
    """Somebody has a ticket's page open."""
    here = _writer(session, actor, number)
    with suppress(IntegrityError), session.begin_nested():  # two of their pages may come at once
        session.merge(Presence(ticket_number=number, user_id=here, seen_at=clock.now()))


def others(session: Session, actor: Actor, number: int) -> Sequence[str]:
    """Who else is at a ticket now, in words: whoever writes first."""
    now = clock.now()
    at_it = union_all(
        select(Unsent.user_id, literal("writing").label("does")).where(
            Unsent.ticket_number == number, col(Unsent.updated_at) > now - WRITES
        ),
        select(Presence.user_id, literal("reading").label("does")).where(
            Presence.ticket_number == number, col(Presence.seen_at) > now - IS_HERE
        ),
    ).subquery()
    query = select(User.name, func.max(at_it.c.does)).join(at_it, at_it.c.user_id == col(User.id))
    query = query.where(User.id != actor.user_id).group_by(col(User.id), col(User.name))
    found = sorted(session.exec(query), key=lambda row: (row[1] != "writing", row[0]))
    return [f"{name} is {does}" for name, does in found]
