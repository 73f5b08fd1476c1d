"""Starts a confirmed bulk: its items are stored at once, and done by a job."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field
from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.bulk.actions import words_to_reporters
from navigator.bulk.selection import MAX_TICKETS, BulkPlan, BulkSelection, plan_bulk
from navigator.bulk.tables import Bulk, BulkAction, BulkItem, BulkItemState
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.fields import MAX_ID, Id, Input
from navigator.people.actor import Actor
from navigator.problems.inputs import Numbers
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions import send_checks
from navigator.tickets.ticket import Ticket

SeenVersion = tuple[Id, Annotated[int, Field(ge=0, le=MAX_ID)]]
"""A ticket's number, and its version when it was confirmed."""


def _split_pairs(value: object) -> object:
    """Split the pairs that a form sends as one line: "12:3 14:1"."""
    if not isinstance(value, list):
        return value
    parts = [part for item in value for part in (item.split() if isinstance(item, str) else [item])]
    return [tuple(part.split(":")) if isinstance(part, str) else part for part in parts]


class ConfirmedSelection(Input):
    """The confirmed list: the tickets to do, at the versions seen, and those left out."""

    seen: Annotated[list[SeenVersion], Field(max_length=MAX_TICKETS), BeforeValidator(_split_pairs)]
    left_out: Numbers = Field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        """The numbers of all tickets of the list."""
        return [*dict(self.seen), *self.left_out]


def start_bulk(
    session: Session, actor: Actor, action: BulkAction, params: BaseModel, confirmed: ConfirmedSelection
) -> Bulk:
    """Store a bulk with all its items; each is checked again when it is done."""
    seen = dict(confirmed.seen)
    bulk_plan = plan_bulk(session, actor, action, params, BulkSelection(tickets=confirmed.numbers))
    reasons = {
        selected.ticket.number: selected.why_not for selected in (*bulk_plan.included, *bulk_plan.left_out)
    }
    included = [number for number in seen if reasons.get(number) == ""]
    if not included:
        raise Invalid("This cannot be done to any of these tickets now.")
    _require_confirmed(session, actor, params, bulk_plan)
    bulk = Bulk(
        user_id=actor.user_id,
        key_id=actor.key_id,
        created_by=actor.name,
        action=action,
        params=params.model_dump(mode="json", exclude={"version"}),
        size=len(included),
    )
    session.add(bulk)
    session.flush()
    session.add_all(_items(bulk, included, seen, reasons))
    return bulk


def let_wait(session: Session, bulk: Bulk) -> None:
    """Let what writes to reporters wait as long as a reply does, so that its author can still stop it."""
    if not (ACTION_RULES[Action(bulk.action)].goes_out and bulk.params.get("body")):
        return
    of_bulk = select(Ticket.service_id).join(BulkItem, col(BulkItem.ticket_number) == col(Ticket.number))
    services = of_bulk.where(BulkItem.bulk_id == bulk.id)
    seconds = session.exec(select(func.max(Service.undo_seconds)).where(col(Service.id).in_(services))).one()
    bulk.begins_at = clock.now() + timedelta(seconds=seconds) if seconds else None


def _require_confirmed(session: Session, actor: Actor, params: BaseModel, bulk_plan: BulkPlan) -> None:
    """Refuse words of another system that nobody has looked at, as the first of their readers gets them."""
    tickets = [selected.ticket for selected in bulk_plan.included]
    if tickets:
        words = words_to_reporters(session, actor, tickets[0], params)
        send_checks.require_confirmed(session, actor, tickets, words)


def _items(
    bulk: Bulk, included: Sequence[int], seen: Mapping[int, int], reasons: Mapping[int, Any]
) -> list[BulkItem]:
    """One item for each ticket; a ticket that was not confirmed is left out, whatever its state now."""
    rows = [BulkItem(bulk_id=bulk.id, ticket_number=number, version=seen[number]) for number in included]
    for number in reasons.keys() - set(included):
        outcome = reasons[number] or "It could not be done when you confirmed the list."
        item = BulkItem(bulk_id=bulk.id, ticket_number=number, version=seen.get(number, 0), outcome=outcome)
        item.state = BulkItemState.LEFT_OUT
        rows.append(item)
    return rows
