"""Counts of the queue: how many tickets each view holds, and how many answers are due."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlmodel import Session, col

from navigator import clock
from navigator.capped_counts import count_to_many
from navigator.catalogue.reference_data import TOKEN, note_token
from navigator.database import ask
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.queue.filters import Filters, conditions, filter_conditions
from navigator.tickets.queue.kept_while_unchanged import KeptWhileUnchanged
from navigator.tickets.queue.queue import STATEMENTS_KEPT, built_once
from navigator.tickets.queue.views import (
    HAS_OPEN_REVIEW,
    IS_LIVE,
    LIVE_ONLY_VIEWS,
    Condition,
    View,
    view_conditions,
)
from navigator.tickets.ticket import LIVE, Status, Ticket
from navigator.tickets.visibility import visible_to

_COUNTED: tuple[View, ...] = (
    "needs_answer", "my_answers",
    "all", "mine", "unassigned", "unclaimed", "today", "waiting", "snoozed", "passed_on", "handed_over",
)  # fmt: skip

_SCOPES: Mapping[View, Condition] = MappingProxyType(
    {**dict.fromkeys(LIVE_ONLY_VIEWS | {"snoozed"}, IS_LIVE), "handed_over": HAS_OPEN_REVIEW}
)
"""The tickets among which those of a view are, by a condition that has its own partial index."""


class Counts(NamedTuple):
    """How many tickets each view holds under the same filters, and each of several other filters."""

    by_view: dict[View, int]
    by_filters: dict[Filters, int]


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
    count: ColumnElement[int] = count_to_many(select(col(Ticket.number)).where(*mine).correlate(None))
    return count


_KEPT: KeptWhileUnchanged[Counts] = KeptWhileUnchanged(STATEMENTS_KEPT)


def counts(session: Session, actor: Actor, filters: Filters, saved: Iterable[Filters] = ()) -> Counts:
    """How many tickets each view holds under the other filters, and each of the saved ones, in one query.

    Saved filters are counted but for those that look at what has ended or for words: so it costs no more
    when years of tickets have ended.
    """
    countable = tuple(
        each for each in dict.fromkeys(saved) if each.view in _SCOPES and not (each.figure or each.text)
    )
    count = partial(_count, session, actor, filters, countable)
    may_keep = all(each.is_fixed and each.is_of_tickets_alone for each in (filters, *countable))
    return _KEPT.get(session, (actor, filters, countable), count) if may_keep else count()


def _count(session: Session, actor: Actor, filters: Filters, countable: tuple[Filters, ...]) -> Counts:
    with clock.one_moment():
        row = ask(session, _counts_query(session, actor, filters, countable)).one()._mapping
    by_filters = {each: row[f"saved_{index}"] for index, each in enumerate(countable)}
    return Counts({view: row[view] for view in _COUNTED}, by_filters)


@built_once
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
