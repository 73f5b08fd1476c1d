"""The queue: keyset pagination of tickets in their one order, and the counts of its views."""

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from navigator import clock
from navigator.capped_counts import count_to_many
from navigator.catalogue.programme import Programme
from navigator.catalogue.reference_data import TOKEN, note_token
from navigator.database import ask
from navigator.people.actor import Actor
from navigator.people.user import Role, User
from navigator.tickets.queue.filters import Filters, conditions, filter_conditions
from navigator.tickets.queue.held_rows import as_reader_knows
from navigator.tickets.queue.order import DUE, order_of
from navigator.tickets.queue.search import IS_OF_ITS_REPORTER, may_read
from navigator.tickets.queue.views import (
    HAS_OPEN_REVIEW,
    IS_LIVE,
    LIVE_ONLY_VIEWS,
    Condition,
    View,
    is_late,
    view_conditions,
)
from navigator.tickets.reads import TicketRead
from navigator.tickets.ticket import LIVE, Audience, Author, Message, Status, Ticket
from navigator.tickets.visibility import visible_to

PAGE_SIZE = 50
STATEMENTS_KEPT = 100

_COUNTED: tuple[View, ...] = (
    "needs_answer", "my_answers",
    "all", "mine", "unassigned", "unclaimed", "today", "waiting", "snoozed", "passed_on", "handed_over",
)  # fmt: skip
_Practitioner = aliased(User)
WORDS_LENGTH = 130
"""Characters of what was said that a list has room for, and some."""

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


@_built_once
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


def answers_due(session: Session, actor: Actor) -> int:
    """How many reporters wait for an answer of a navigator, or of anybody for who only manages; to a hundred.

    The version of the reference data is read along with it: each page of theirs needs both."""
    if not actor.has(Role.NAVIGATOR, Role.MANAGER):
        return 0
    with clock.one_moment():
        found: Any = ask(session, _answers_query(actor)).one()
    note_token(session, found.token)
    due: int = found.due
    return due


@lru_cache(maxsize=STATEMENTS_KEPT)
def _answers_query(actor: Actor) -> Select[Any]:
    return select(count_of_answers(actor).label("due"), TOKEN.label("token"))


def count_of_answers(actor: Actor) -> ColumnElement[int]:
    """What `answers_due` counts, to be asked with something else."""
    if not actor.has(Role.NAVIGATOR, Role.MANAGER):
        return literal(0)
    view: View = "my_answers" if actor.has(Role.NAVIGATOR) else "needs_answer"
    asked = [each for each in view_conditions(actor, view) if each is not IS_LIVE]
    # Said so, every engine looks at those alone that need an answer, and not at all that are live.
    over: list[Any] = [literal_column(f"'{status.value}'") for status in sorted({*Status} - LIVE)]
    mine = visible_to(actor), *asked, col(Ticket.status).not_in(over)
    return count_to_many(select(col(Ticket.number)).where(*mine).correlate(None))


def counts(session: Session, actor: Actor, filters: Filters, saved: Iterable[Filters] = ()) -> Counts:
    """How many tickets each view holds under the other filters, and each of the saved ones, in one query.

    Saved filters are counted but for those that look at what has ended or for words: so it costs no more
    when years of tickets have ended.
    """
    countable = tuple(
        each for each in dict.fromkeys(saved) if each.view in _SCOPES and not (each.figure or each.text)
    )
    with clock.one_moment():
        row = ask(session, _counts_query(session, actor, filters, countable)).one()._mapping
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
    columns = []
    for name, asked in conditions_by_name.items():
        # What holds for all that are within is not asked of each of them again, for every name.
        own = [each for each in asked if not any(each is common for common in within)]
        columns.append(func.count().filter(*own).label(name))
    return select(*columns).select_from(Ticket).where(*within).subquery()


def live_tickets_of(session: Session, actor: Actor, user_id: int, services: Collection[int]) -> Sequence[int]:
    """The numbers of the live tickets that somebody has in services, as far as an actor may see, in order."""
    query = select(col(Ticket.number)).where(visible_to(actor), IS_LIVE, col(Ticket.assignee_id) == user_id)
    query = query.where(col(Ticket.service_id).in_(services))
    return session.scalars(query.order_by(*DUE.by)).all()
