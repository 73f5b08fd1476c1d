"""Doing a bulk: one ticket in one transaction, its change and what came of it together, so each just once."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Select, exists
from sqlmodel import Session, col, select

from navigator import clock
from navigator.bulk.actions import BULK_ACTIONS, CLINICIAN_FIRST, BulkActionRule
from navigator.bulk.bulk import IS_PENDING, Bulk, BulkAction, BulkItem, State
from navigator.database import STORAGE_DOWN
from navigator.errors import Forbidden, NotFound, Refused
from navigator.people import api_keys, login
from navigator.people.actor import Actor
from navigator.safe_logging import exception_location
from navigator.tickets.ticket import Event
from navigator.tickets.visibility import find

PORTION = 25
"""So few at a time that a process which is asked to stop soon can, and others write in between."""

_NOT_YOURS = "You may not do this to it any more."
_CHANGED = "Somebody changed it after you looked at the list. Look at it, then do it there."
_BROKEN = "Something went wrong with this one. Try it on the ticket’s own page."

log = structlog.get_logger("desk.bulk")


def pending_items(_: datetime) -> Select[Any]:
    """The next tickets of all bulks that run; the bulk is locked with its ticket, so that stop stops."""
    runs = (col(Bulk.stopped_at).is_(None), col(Bulk.ended_at).is_(None))
    query = select(BulkItem.id).join(Bulk, col(Bulk.id) == col(BulkItem.bulk_id)).where(IS_PENDING, *runs)
    return query.order_by(col(BulkItem.id)).limit(PORTION)


def do_one(session: Session, _: datetime, item_id: int) -> None:
    """Do it to one ticket, and say what came of it."""
    item = session.get_one(BulkItem, item_id)
    bulk = session.get_one(Bulk, item.bulk_id)
    item.state, item.outcome = _tried(session, bulk, item)
    item.done_at = clock.now()
    session.flush()
    left = select(exists().where(IS_PENDING, col(BulkItem.bulk_id) == bulk.id))
    if not session.exec(left).one():
        bulk.ended_at = item.done_at


def _tried(session: Session, bulk: Bulk, item: BulkItem) -> tuple[State, str]:
    """What came of one ticket; a refusal undoes that alone."""
    try:
        with session.begin_nested():
            return _done(session, bulk, item)
    except (NotFound, Forbidden):
        return State.REFUSED, _NOT_YOURS
    except Refused as refused:
        return State.REFUSED, next(iter(refused.fields.values()), refused.message)
    except STORAGE_DOWN:
        raise  # it is tried again
    except Exception as fault:
        log.error("bulk failed on one ticket", bulk=bulk.id, item=item.id, error=exception_location(fault))
        return State.REFUSED, _BROKEN


def _done(session: Session, bulk: Bulk, item: BulkItem) -> tuple[State, str]:
    deed = BULK_ACTIONS[BulkAction(bulk.action)]
    actor = replace(_actor_now(session, bulk), extra_details={"bulk": bulk.id, "of": bulk.size})
    ticket = find(session, actor, item.ticket_number, lock=True)
    if ticket.has_open_review:
        return State.LEFT_OUT, CLINICIAN_FIRST
    if _is_stale(session, deed, item):
        return State.REFUSED, _CHANGED
    deed.run(session, actor, ticket.number, deed.input.model_validate(bulk.params))
    return State.DONE, ""


def _actor_now(session: Session, bulk: Bulk) -> Actor:
    """Whoever began it, with the roles that they have at this moment: perhaps none."""
    if bulk.user_id is not None:
        now = login.actor_of(session, bulk.user_id)
    else:
        now = api_keys.actor_by_key_id(session, bulk.key_id or 0)
    return now or Actor(name=bulk.created_by)


def _is_stale(session: Session, deed: BulkActionRule, item: BulkItem) -> bool:
    """Whether something was done to the ticket since it was confirmed that this deed minds."""
    its = (col(Event.ticket_number) == item.ticket_number, col(Event.version) > item.version)
    return session.exec(select(exists().where(*its, col(Event.action).in_(deed.refuses_after)))).one()
