"""The queue: keyset pagination of tickets in their one order, and the counts of its views."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
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
    View,
    is_late,
    order_column,
    view_conditions,
)
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to

PAGE_SIZE = 50
ORDER = (col(Ticket.due_at), col(Ticket.priority), col(Ticket.reported_at), col(Ticket.number))


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and the keyset cursor of the next, if there is one."""

    rows: Sequence[Row[Any]]
    next_cursor: str | None


def queue(
    session: Session, actor: Actor, filters: Filters, after: str | None = None, limit: int = PAGE_SIZE
) -> QueuePage:
    """One page of the tickets an actor may see, in the desk's one order; calls by when to make them."""
    query, order = _queue_query(session, actor, filters), (order_column(filters.view), *ORDER[1:])
    if after:
        query = query.where(tuple_(*order) > tuple_(*decode_cursor(after)))
    rows = session.execute(query.order_by(*order).limit(limit + 1)).all()
    more = len(rows) > limit
    return QueuePage(rows[:limit], encode_cursor(rows[limit - 1], filters.view) if more else None)


def _queue_query(session: Session, actor: Actor, filters: Filters) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Ticket.number, Ticket.status, Ticket.category, Ticket.fixability, Ticket.priority, Ticket.due_at,
        Ticket.target_at, Ticket.session_deadline_at, Ticket.session_warning_sent_at, Ticket.session_on,
        Ticket.reported_at,
        Ticket.service_id, Ticket.programme_id, Ticket.assignee_id, Ticket.reporter_kind,
        Ticket.has_open_review, Ticket.diverted_to, Ticket.version, Ticket.snoozed_until_at,
        Ticket.next_call_at, Ticket.session_is_too_soon, is_late(clock.now()).label("is_late"),
    )  # fmt: skip
    return (
        select(*columns, col(User.name).label("assignee"), col(Programme.name).label("programme"))
        .outerjoin(User, col(User.id) == col(Ticket.assignee_id))
        .outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
        .where(visible_to(actor), *conditions(session, actor, filters))
    )


def counts(session: Session, actor: Actor, filters: Filters) -> dict[View, int]:
    """How many tickets each view holds under the other filters; each query has its own partial index."""
    views: tuple[View, ...] = (
        "all", "mine", "unassigned", "unclaimed", "today", "waiting", "snoozed", "passed_on",
    )  # fmt: skip
    columns = [func.count().filter(*view_conditions(actor, view)).label(view) for view in views]
    conditions_of_actor = (visible_to(actor), *filter_conditions(session, actor, filters))
    live = session.execute(select(*columns).select_from(Ticket).where(IS_LIVE, *conditions_of_actor)).one()
    in_review = (
        select(func.count())
        .select_from(Ticket)
        .where(*view_conditions(actor, "handed_over"), *conditions_of_actor)
    )
    return dict(zip(views, live, strict=True)) | {"handed_over": session.execute(in_review).scalar_one()}


def count_saved_views(session: Session, actor: Actor, saved_filters: Iterable[Filters]) -> dict[Filters, int]:
    """How many tickets each of several filters holds, but for those that look at what has ended or for words.

    One query counts the live tickets for all of them, and one those with an open clinical review: so it
    costs no more when years of tickets have ended.
    """
    countable = [filters for filters in saved_filters if not (filters.figure or filters.text)]
    totals: dict[Filters, int] = {}
    for within, views in ((IS_LIVE, LIVE_ONLY_VIEWS), (HAS_OPEN_REVIEW, {"handed_over"})):
        in_scope = [filters for filters in countable if filters.view in views]
        columns = [func.count().filter(*conditions(session, actor, filters)) for filters in in_scope]
        query = select(*columns).select_from(Ticket).where(within, visible_to(actor))
        totals.update(zip(in_scope, session.execute(query).one(), strict=True) if in_scope else ())
    return totals


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
