"""The queue: keyset pagination of tickets in their one order, and the counts of its views."""

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.database import ask
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.tickets.queue.filters import Filters, conditions
from navigator.tickets.queue.held_rows import as_reader_knows
from navigator.tickets.queue.order import DUE, order_of
from navigator.tickets.queue.search import IS_OF_ITS_REPORTER, may_read
from navigator.tickets.queue.views import (
    IS_LIVE,
    is_late,
)
from navigator.tickets.reads import TicketRead
from navigator.tickets.ticket import Audience, Author, Message, Ticket
from navigator.tickets.visibility import visible_to

PAGE_SIZE = 50
STATEMENTS_KEPT = 100

_Practitioner = aliased(User)
WORDS_LENGTH = 130
"""Characters of what was said that a list has room for, and some."""

_COLUMNS: tuple[Any, ...] = (
    Ticket.number, Ticket.status, Ticket.category, Ticket.fixability, Ticket.priority, Ticket.due_at,
    Ticket.target_at, Ticket.session_deadline_at, Ticket.session_warning_sent_at, Ticket.session_on,
    Ticket.reported_at,
    Ticket.service_id, Ticket.programme_id, Ticket.assignee_id, Ticket.reporter_kind,
    Ticket.has_open_review, Ticket.diverted_to, Ticket.version, Ticket.snoozed_until_at,
    Ticket.next_call_at, Ticket.session_is_too_soon, is_late().label("is_late"),
    Ticket.last_activity_at, Ticket.last_activity, Ticket.needs_answer_since_at,
    col(User.name).label("assignee"), col(Programme.name).label("programme"),
    col(_Practitioner.name).label("practitioner"),
)  # fmt: skip
_Row: Any = namedtuple("_Row", [column.key for column in _COLUMNS])  # type: ignore[misc]

Build = Callable[..., Select[Any]]


class Said(NamedTuple):
    """What a reporter said first on a ticket, shortened, and whether an actor has not read all of it.

    `names` is the practitioner whom they named, as they typed it, until somebody confirms who that is."""

    words: str
    is_unread: bool
    names: str = ""


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and the keyset cursor of the next, if there is one.

    No word that a reporter typed stands in `rows`, which may be kept as they were drawn; `said` has them, by
    the numbers of the tickets.
    """

    rows: Sequence[Any]
    next_cursor: str | None
    said: Mapping[int, Said] = field(default_factory=dict)


def built_once(build: Build) -> Build:
    """Build a statement once for each actor and filters, where their conditions never change."""
    kept = lru_cache(maxsize=STATEMENTS_KEPT)(partial(build, None))

    def statement(
        session: Session, actor: Actor, filters: Filters, saved: tuple[Filters, ...] = (), **shape: bool
    ) -> Select[Any]:
        if filters.is_fixed and all(each.is_fixed for each in saved):
            return kept(actor, filters, saved, **shape)
        return build(session, actor, filters, saved, **shape)

    return statement


def queue(
    session: Session, actor: Actor, filters: Filters, after: str | None = None, limit: int = PAGE_SIZE
) -> QueuePage:
    """One page of the tickets an actor may see, in the order that the filters ask for."""
    order = order_of(filters.view, filters.sort)
    position = order.decode(after) if after else {}
    with clock.one_moment():
        query = _queue_query(session, actor, filters, goes_on=bool(after))
        found = ask(session, query, rows=limit + 1, **position).all()
    rows = [_Row(*row[:-3]) for row in found[:limit]]
    said = {row.number: Said(row.words or "", row.is_unread, row.names) for row in found[:limit]}
    next_cursor = order.encode(rows[-1]) if len(found) > limit else None
    return QueuePage(as_reader_knows(session, actor, rows), next_cursor, said)


@built_once
def _queue_query(
    session: Session, actor: Actor, filters: Filters, _: tuple[Filters, ...] = (), goes_on: bool = False
) -> Select[Any]:
    order = order_of(filters.view, filters.sort)
    is_practitioner = and_(col(_Practitioner.id) == col(Ticket.pwp_id), col(Ticket.practitioner_is_confirmed))
    query = (
        select(*_COLUMNS, _FIRST_WORDS.label("words"), _is_unread(actor).label("is_unread"), _NAMES)
        .outerjoin(User, col(User.id) == col(Ticket.assignee_id))
        .outerjoin(_Practitioner, is_practitioner)
        .outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
        .where(visible_to(actor), *conditions(session, actor, filters))
    )
    if goes_on:
        query = query.where(order.is_after)
    return query.order_by(*order.by).limit(bindparam("rows", type_=Integer()))


_OF_TICKET = col(Message.ticket_number) == col(Ticket.number)
_FIRST_WORDS = (
    select(func.substr(Message.body, 1, WORDS_LENGTH))
    .where(_OF_TICKET, col(Message.author) == Author.REPORTER, col(Message.audience) == Audience.PUBLIC)
    .where(IS_OF_ITS_REPORTER)
    .order_by(col(Message.id))
    .limit(1)
    .scalar_subquery()
)
"""Whoever may see a ticket may read what its reporter said, and not whoever's ticket was merged with it. They
are erased and redacted with the message."""

_NAMES = case((col(Ticket.practitioner_is_confirmed), ""), else_=col(Ticket.practitioner_name_given)).label(
    "names"
)


def _is_unread(actor: Actor) -> ColumnElement[bool]:
    """That others wrote on a live ticket what an actor may read, since that actor last read it."""
    read_at = select(col(TicketRead.read_at)).where(
        col(TicketRead.ticket_number) == col(Ticket.number), col(TicketRead.user_id) == (actor.user_id or 0)
    )
    is_new = func.coalesce(col(Message.created_at) > read_at.correlate(Ticket).scalar_subquery(), true())
    is_others = col(Message.author_id).is_distinct_from(actor.user_id or 0)
    return and_(IS_LIVE, exists().where(_OF_TICKET, may_read(actor), is_others, is_new))


def said_on(session: Session, actor: Actor, numbers: Collection[int]) -> dict[int, Said]:
    """What was said first on tickets that an actor may see, and whether they have read all of them."""
    query = select(col(Ticket.number), _FIRST_WORDS, _is_unread(actor), _NAMES)
    rows = session.execute(query.where(visible_to(actor), col(Ticket.number).in_(sorted(numbers))))
    return {number: Said(words or "", is_unread, names) for number, words, is_unread, names in rows}


def count_rest(session: Session, actor: Actor, filters: Filters, after: str | None = None) -> int:
    """How many tickets of a list come after a position, or are in all of it."""
    order = order_of(filters.view, filters.sort)
    with clock.one_moment():
        query = select(func.count()).select_from(Ticket).where(visible_to(actor))
        query = query.where(*conditions(session, actor, filters), *([order.is_after] if after else []))
        rest: int = session.execute(query, dict(order.decode(after)) if after else {}).scalar_one()
        return rest


def live_tickets_of(session: Session, actor: Actor, user_id: int, services: Collection[int]) -> Sequence[int]:
    """The numbers of the live tickets that somebody has in services, as far as an actor may see, in order."""
    query = select(col(Ticket.number)).where(visible_to(actor), IS_LIVE, col(Ticket.assignee_id) == user_id)
    query = query.where(col(Ticket.service_id).in_(services))
    return session.scalars(query.order_by(*DUE.by)).all()
