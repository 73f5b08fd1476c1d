"""Progress of bulk actions, for who started them and for the managers of the tickets' services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlmodel import Session, col

from navigator import clock
from navigator.bulk.tables import Bulk, BulkItem, BulkItemState
from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to

SHOWN_FOR = timedelta(days=3)
"""How long a bulk that did not do all is shown on the first page: over a weekend."""


MAX_BULKS = 100


@dataclass(frozen=True)
class BulkCounts:
    """A bulk, and the number of its tickets by result."""

    bulk: Bulk
    pending: int
    done: int
    refused: int
    left_out: int

    @property
    def finished(self) -> int:
        """How many tickets are done or refused."""
        return self.done + self.refused


@dataclass(frozen=True)
class Progress:
    """A bulk with a row for each ticket: number, state, outcome, time, and category if it may be seen."""

    counts: BulkCounts
    items: Sequence[Row[Any]]

    @property
    def not_done(self) -> list[int]:
        """The numbers of the tickets that were not done."""
        return [item.ticket_number for item in self.items if item.state != BulkItemState.DONE]


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition for an item to be visible: the actor started the bulk, or manages its service."""
    started_by_actor = or_(
        and_(col(Bulk.user_id).is_not(None), col(Bulk.user_id) == actor.user_id),
        and_(col(Bulk.key_id).is_not(None), col(Bulk.key_id) == actor.key_id),
    )
    return or_(started_by_actor, col(Ticket.service_id).in_(sorted(actor.services(Role.MANAGER))))


def _join_visible(query: Select[Any], actor: Actor) -> Select[Any]:
    with_tickets = query.join(BulkItem, col(BulkItem.bulk_id) == col(Bulk.id)).join(
        Ticket, col(Ticket.number) == col(BulkItem.ticket_number)
    )
    return with_tickets.where(_visible_to(actor))


def _counts(session: Session, actor: Actor, *conditions: ColumnElement[bool]) -> list[BulkCounts]:
    counts: list[Any] = [func.count().filter(col(BulkItem.state) == state) for state in BulkItemState]
    query = _join_visible(select(Bulk, *counts), actor).where(*conditions)
    rows = session.execute(query.group_by(col(Bulk.id)).order_by(col(Bulk.id).desc()).limit(MAX_BULKS)).all()
    return [BulkCounts(*row) for row in rows]


def progress(session: Session, actor: Actor, bulk_id: int) -> Progress:
    """One bulk with its progress, if it is visible to the actor; not found otherwise."""
    counts = _counts(session, actor, col(Bulk.id) == bulk_id)
    if not counts:
        raise NotFound("We cannot find that list of tickets.")
    columns = (col(BulkItem.ticket_number), col(BulkItem.state), col(BulkItem.outcome), col(BulkItem.done_at))
    visible_category = case((visible_to(actor), col(Ticket.category))).label("category")
    query = _join_visible(select(*columns, visible_category).select_from(Bulk), actor).where(
        col(Bulk.id) == bulk_id
    )
    return Progress(counts[0], session.execute(query.order_by(col(BulkItem.id))).all())


def unfinished_bulks(session: Session, actor: Actor) -> Sequence[BulkCounts]:
    """The recent bulks that are running, or did not do all that was confirmed; newest first."""
    recent = col(Bulk.created_at) > clock.now() - SHOWN_FOR
    counts = _counts(session, actor, recent)
    return [
        bulk_counts
        for bulk_counts in counts
        if bulk_counts.bulk.is_running or bulk_counts.pending or bulk_counts.refused
    ]


def list_bulks(session: Session, actor: Actor) -> Sequence[BulkCounts]:
    """The newest bulks that are visible to the actor."""
    return _counts(session, actor)


def stop(session: Session, actor: Actor, bulk_id: int) -> Bulk:
    """Stop a bulk: what is done stays done, the rest is left as it is."""
    progress(session, actor, bulk_id)
    bulk = session.get_one(Bulk, bulk_id, with_for_update=True, populate_existing=True)
    if bulk.is_running:
        bulk.stopped_at = clock.now()
    return bulk
