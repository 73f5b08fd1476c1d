"""The queue: keyset pagination of tickets in their one order, and the counts of its views."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Integer, Select, Subquery, bindparam, func, select, true, tuple_
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.pagination import decode, encode, moment, no_such_page, sort_key
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.tickets.queue.filters import Filters, conditions, filter_conditions
from navigator.tickets.queue.views import (
    HAS_OPEN_REVIEW,
    IS_LIVE,
    LIVE_ONLY_VIEWS,
    Condition,
    View,
    is_late,
    order_column,
    view_conditions,
)
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to

PAGE_SIZE = 50
ORDER: tuple[Any, ...] = (
    col(Ticket.due_at),
    col(Ticket.priority),
    col(Ticket.reported_at),
    col(Ticket.number),
)
STATEMENTS_KEPT = 100

_COUNTED: tuple[View, ...] = (
    "all", "mine", "unassigned", "unclaimed", "today", "waiting", "snoozed", "passed_on", "handed_over",
)  # fmt: skip
_SCOPES: Mapping[View, Condition] = MappingProxyType(
    {**dict.fromkeys(LIVE_ONLY_VIEWS | {"snoozed"}, IS_LIVE), "handed_over": HAS_OPEN_REVIEW}
)
"""The tickets among which those of a view are, by a condition that has its own partial index."""
_COLUMNS: tuple[Any, ...] = (
    Ticket.number, Ticket.status, Ticket.category, Ticket.fixability, Ticket.priority, Ticket.due_at,
    Ticket.target_at, Ticket.session_deadline_at, Ticket.session_warning_sent_at, Ticket.session_on,
    Ticket.reported_at,
    Ticket.service_id, Ticket.programme_id, Ticket.assignee_id, Ticket.reporter_kind,
    Ticket.has_open_review, Ticket.diverted_to, Ticket.version, Ticket.snoozed_until_at,
    Ticket.next_call_at, Ticket.session_is_too_soon, is_late().label("is_late"),
    col(User.name).label("assignee"), col(Programme.name).label("programme"),
)  # fmt: skip
_AFTER = [bindparam(f"after_{column.key}", type_=column.type) for column in ORDER]

Build = Callable[..., Select[Any]]


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and the keyset cursor of the next, if there is one."""

    rows: Sequence[Row[Any]]
    next_cursor: str | None


class Counts(NamedTuple):
    """How many tickets each view holds under the same filters, and each of several other filters."""

    by_view: dict[View, int]
    by_filters: dict[Filters, int]


def _built_once(build: Build) -> Build:
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
    """One page of the tickets an actor may see, in the desk's one order; calls by when to make them."""
    position = dict(zip((each.key for each in _AFTER), decode_cursor(after), strict=True)) if after else {}
    with clock.one_moment():
        query = _queue_query(session, actor, filters, goes_on=bool(after))
        rows = session.execute(query, {"rows": limit + 1, **position}).all()
    more = len(rows) > limit
    return QueuePage(rows[:limit], encode_cursor(rows[limit - 1], filters.view) if more else None)


@_built_once
def _queue_query(
    session: Session, actor: Actor, filters: Filters, _: tuple[Filters, ...] = (), goes_on: bool = False
) -> Select[Any]:
    order = (order_column(filters.view), *ORDER[1:])
    query = (
        select(*_COLUMNS)
        .outerjoin(User, col(User.id) == col(Ticket.assignee_id))
        .outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
        .where(visible_to(actor), *conditions(session, actor, filters))
    )
    if goes_on:
        query = query.where(tuple_(*order) > tuple_(*_AFTER))
    return query.order_by(*order).limit(bindparam("rows", type_=Integer()))


def counts(session: Session, actor: Actor, filters: Filters, saved: Iterable[Filters] = ()) -> Counts:
    """How many tickets each view holds under the other filters, and each of the saved ones, in one query.

    Saved filters are counted but for those that look at what has ended or for words: so it costs no more
    when years of tickets have ended.
    """
    countable = tuple(
        each for each in dict.fromkeys(saved) if each.view in _SCOPES and not (each.figure or each.text)
    )
    with clock.one_moment():
        row = session.execute(_counts_query(session, actor, filters, countable)).one()._mapping
    by_filters = {each: row[f"saved_{index}"] for index, each in enumerate(countable)}
    return Counts({view: row[view] for view in _COUNTED}, by_filters)


@_built_once
def _counts_query(
    session: Session, actor: Actor, filters: Filters, saved: tuple[Filters, ...] = ()
) -> Select[Any]:
    shared = filter_conditions(session, actor, filters)
    parts = []
    for scope in (IS_LIVE, HAS_OPEN_REVIEW):
        views: dict[str, Sequence[Condition]] = {
            view: view_conditions(actor, view) for view in _COUNTED if _SCOPES[view] is scope
        }
        own = {
            f"saved_{index}": conditions(session, actor, each)
            for index, each in enumerate(saved)
            if _SCOPES[each.view] is scope
        }
        parts += [_totals(views, scope, visible_to(actor), *shared), _totals(own, scope, visible_to(actor))]
    filled = [part for part in parts if part.c]
    joined: FromClause = filled[0]
    for part in filled[1:]:
        joined = joined.join(part, true())
    return select(*(column for part in filled for column in part.c)).select_from(joined)


def _totals(conditions_by_name: Mapping[str, Sequence[Condition]], *within: Condition) -> Subquery:
    """One row: how many tickets there are within, under the conditions of each name."""
    columns = [
        func.count().filter(*conditions).label(name) for name, conditions in conditions_by_name.items()
    ]
    return select(*columns).select_from(Ticket).where(*within).subquery()


def live_tickets_of(session: Session, actor: Actor, user_id: int, services: Collection[int]) -> Sequence[int]:
    """The numbers of the live tickets that somebody has in services, as far as an actor may see, in order."""
    query = select(col(Ticket.number)).where(visible_to(actor), IS_LIVE, col(Ticket.assignee_id) == user_id)
    query = query.where(col(Ticket.service_id).in_(services))
    return session.scalars(query.order_by(*ORDER)).all()


def encode_cursor(ticket: Ticket | Row[Any], view: View) -> str:
    """The keyset cursor of a ticket, or of its row: where it stands in the order of a view."""
    first = (ticket.next_call_at or ticket.reported_at) if view == "calls" else ticket.due_at
    return encode(sort_key(first, ticket.priority, ticket.reported_at, ticket.number))


def decode_cursor(cursor: str) -> tuple[datetime, int, datetime, int]:
    """The position that a cursor stands for: due, priority, reported, number; an invalid one is refused."""
    match decode(cursor):
        case (due, priority, reported, number):
            return moment(due), priority, moment(reported), number
    raise no_such_page()
