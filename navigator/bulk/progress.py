"""How far a bulk has come, for whoever began it and for the managers of its tickets' services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlmodel import Session, col

from navigator import clock
from navigator.bulk.bulk import Bulk, BulkItem, State
from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to

SHOWN_FOR = timedelta(days=3)
"""How long a bulk that did not do all is shown on the first page: over a weekend."""


MOST = 100


@dataclass(frozen=True)
class BulkCounts:
    """A bulk, and how many of its tickets came to what."""

    bulk: Bulk
    pending: int
    done: int
    refused: int
    left_out: int

    @property
    def tried(self) -> int:
        """How many tickets need no more doing."""
        return self.done + self.refused


@dataclass(frozen=True)
class Progress:
    """A bulk with each of its tickets: number, state, outcome, when, and category if it may be seen."""

    tally: BulkCounts
    items: Sequence[Row[Any]]

    @property
    def rest(self) -> list[int]:
        """The tickets to which it was not done."""
        return [one.ticket_number for one in self.items if one.state != State.DONE]


def _is_theirs(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor knows of a bulk's ticket: their own bulk, or their own service."""
    began = or_(
        and_(col(Bulk.user_id).is_not(None), col(Bulk.user_id) == actor.user_id),
        and_(col(Bulk.key_id).is_not(None), col(Bulk.key_id) == actor.key_id),
    )
    return or_(began, col(Ticket.service_id).in_(sorted(actor.services(Role.MANAGER))))


def _theirs(query: Select[Any], actor: Actor) -> Select[Any]:
    tickets = query.join(BulkItem, col(BulkItem.bulk_id) == col(Bulk.id)).join(
        Ticket, col(Ticket.number) == col(BulkItem.ticket_number)
    )
    return tickets.where(_is_theirs(actor))


def _tallies(session: Session, actor: Actor, *which: ColumnElement[bool]) -> list[BulkCounts]:
    each: list[Any] = [func.count().filter(col(BulkItem.state) == state) for state in State]
    query = _theirs(select(Bulk, *each), actor).where(*which)
    rows = session.execute(query.group_by(col(Bulk.id)).order_by(col(Bulk.id).desc()).limit(MOST)).all()
    return [BulkCounts(*row) for row in rows]


def progress(session: Session, actor: Actor, bulk_id: int) -> Progress:
    """One bulk; for whoever may not know of it there is none."""
    found = _tallies(session, actor, col(Bulk.id) == bulk_id)
    if not found:
        raise NotFound("We cannot find that list of tickets.")
    columns = (col(BulkItem.ticket_number), col(BulkItem.state), col(BulkItem.outcome), col(BulkItem.done_at))
    known = case((visible_to(actor), col(Ticket.category))).label("category")
    query = _theirs(select(*columns, known).select_from(Bulk), actor).where(col(Bulk.id) == bulk_id)
    return Progress(found[0], session.execute(query.order_by(col(BulkItem.id))).all())


def to_look_at(session: Session, actor: Actor) -> Sequence[BulkCounts]:
    """The bulks of the last days that run, or that did not do all that was confirmed; newest first."""
    recent = col(Bulk.created_at) > clock.now() - SHOWN_FOR
    found = _tallies(session, actor, recent)
    return [one for one in found if one.bulk.is_running or one.pending or one.refused]


def known(session: Session, actor: Actor) -> Sequence[BulkCounts]:
    """The bulks that an actor may know of, newest first: as many as a person looks through."""
    return _tallies(session, actor)


def stop(session: Session, actor: Actor, bulk_id: int) -> Bulk:
    """Do no more of it: what is done is done, the rest stays as it is."""
    progress(session, actor, bulk_id)
    bulk = session.get_one(Bulk, bulk_id, with_for_update=True, populate_existing=True)
    if bulk.is_running:
        bulk.stopped_at = clock.now()
    return bulk
