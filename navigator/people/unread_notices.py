"""Which notices of staff are unread: one condition for the bell’s count, its list and their Today."""

from typing import Any

from sqlalchemy import ColumnElement, and_, column, exists, or_, select, table

from navigator.capped_counts import count_to_many

# Tickets are above: of them, it is known here what makes a notice read.
_EVENT = table("event", *map(column, ("ticket_number", "actor_id", "at")))
_READ = table("ticketread", *map(column, ("ticket_number", "user_id", "read_at")))
_NOTICE = table("notice", *map(column, ("user_id", "ticket_number", "kind", "created_at", "read_at")))

READ_BY_OPENING = ("given", "wrote_to_you", "session_near")
"""Kinds that are read once their ticket’s page was open; of the others their reader says so."""


def is_unread(notice: Any) -> ColumnElement[bool]:
    """The condition under which a notice of these columns is unread: nor was anything done to its ticket."""
    done = exists().where(
        _EVENT.c.ticket_number == notice.ticket_number,
        _EVENT.c.actor_id == notice.user_id,
        _EVENT.c.at > notice.created_at,
    )
    opened = exists().where(
        _READ.c.ticket_number == notice.ticket_number,
        _READ.c.user_id == notice.user_id,
        _READ.c.read_at > notice.created_at,
    )
    return and_(notice.read_at.is_(None), ~done, or_(is_read_by_hand(notice), ~opened))


def is_read_by_hand(notice: Any) -> ColumnElement[bool]:
    """The condition under which a notice waits until its reader says that they read it."""
    # Each a parameter of its own: a list is written anew each time that a statement runs.
    return and_(*(notice.kind != kind for kind in READ_BY_OPENING))


def count_of(user_id: Any) -> Any:
    """How many notices of a user are unread, counted to many, to be asked with something else."""
    some = select(_NOTICE.c.kind).where(_NOTICE.c.user_id == user_id, is_unread(_NOTICE.c))
    return count_to_many(some.correlate(user_id.table))
