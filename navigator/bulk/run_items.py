"""Bulk job: each ticket in one transaction, its change together with its result, so each just once."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Select, exists, or_
from sqlmodel import Session, col, select

from navigator import clock
from navigator.bulk.actions import BULK_ACTIONS, CLINICIAN_FIRST, BulkActionRule
from navigator.bulk.tables import IS_PENDING, Bulk, BulkAction, BulkItem, BulkItemState
from navigator.database import STORAGE_DOWN
from navigator.errors import Forbidden, NotFound, Refused
from navigator.people import api_keys, login
from navigator.people.actor import Actor
from navigator.people.rights import Area
from navigator.safe_logging import exception_location
from navigator.tickets.ticket import Event
from navigator.tickets.visibility import find

BATCH_SIZE = 25
"""So few at a time that a process which is asked to stop soon can, and others write in between."""

_NOT_ALLOWED = "You may not do this to it any more."
_CHANGED = "Somebody changed it after you looked at the list. Look at it, then do it there."
_FAILED = "Something went wrong with this one. Try it on the ticket’s own page."

log = structlog.get_logger("desk.bulk")


def pending_items(now: datetime) -> Select[Any]:
    """The next items of all running bulks; the bulk is locked too, so that stopping takes effect."""
    # What a clock that stood ahead let wait is not held until that time comes.
    has_begun = or_(col(Bulk.begins_at).is_(None), col(Bulk.begins_at) <= now, col(Bulk.created_at) > now)
    is_running = (col(Bulk.stopped_at).is_(None), col(Bulk.ended_at).is_(None), has_begun)
    query = (
        select(BulkItem.id).join(Bulk, col(Bulk.id) == col(BulkItem.bulk_id)).where(IS_PENDING, *is_running)
    )
    return query.order_by(col(BulkItem.id)).limit(BATCH_SIZE)


def run_item(session: Session, _: datetime, item_id: int) -> None:
    """Apply the action to one ticket, and store the result."""
    item = session.get_one(BulkItem, item_id)
    bulk = session.get_one(Bulk, item.bulk_id)
    item.state, item.outcome = _try_item(session, bulk, item)
    item.done_at = clock.now()
    session.flush()
    pending = select(exists().where(IS_PENDING, col(BulkItem.bulk_id) == bulk.id))
    if not session.exec(pending).one():
        bulk.ended_at = item.done_at


def _try_item(session: Session, bulk: Bulk, item: BulkItem) -> tuple[BulkItemState, str]:
    """The result for one ticket; a refusal rolls back its savepoint alone."""
    try:
        with session.begin_nested():
            return _run_action(session, bulk, item)
    except (NotFound, Forbidden):
        return BulkItemState.REFUSED, _NOT_ALLOWED
    except Refused as refused:
        return BulkItemState.REFUSED, next(iter(refused.fields.values()), refused.message)
    except STORAGE_DOWN:
        raise  # it is tried again
    except Exception as error:
        log.error("bulk failed on one ticket", bulk=bulk.id, item=item.id, error=exception_location(error))
        return BulkItemState.REFUSED, _FAILED


def _run_action(session: Session, bulk: Bulk, item: BulkItem) -> tuple[BulkItemState, str]:
    rule = BULK_ACTIONS[BulkAction(bulk.action)]
    details = {"bulk": bulk.id, "of": bulk.size}
    actor = replace(_current_actor(session, bulk), extra_details=details, has_confirmed=True)  # at its start
    ticket = find(session, actor, item.ticket_number, lock=True)
    if ticket.has_open_review:
        return BulkItemState.LEFT_OUT, CLINICIAN_FIRST
    if _is_stale(session, rule, item):
        return BulkItemState.REFUSED, _CHANGED
    rule.run(session, actor, ticket.number, rule.input.model_validate(bulk.params))
    return BulkItemState.DONE, ""


def _current_actor(session: Session, bulk: Bulk) -> Actor:
    """The actor who started the bulk, with the roles that they have now: perhaps none."""
    if bulk.user_id is not None:
        actor = login.actor_of(session, bulk.user_id)
        actor = actor and actor.within(Area.BULK)
    else:
        actor = api_keys.actor_by_key_id(session, bulk.key_id or 0)
    return actor or Actor(name=bulk.created_by)


def _is_stale(session: Session, rule: BulkActionRule, item: BulkItem) -> bool:
    """Whether the ticket had an event since it was confirmed after which this action is refused."""
    since_confirmed = (col(Event.ticket_number) == item.ticket_number, col(Event.version) > item.version)
    return session.exec(
        select(exists().where(*since_confirmed, col(Event.action).in_(rule.refuses_after)))
    ).one()
