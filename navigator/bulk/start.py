"""Starting a bulk as it was confirmed: its tickets are written down at once, and done by a job."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field
from sqlmodel import Session

from navigator.bulk.bulk import Bulk, BulkAction, BulkItem, State
from navigator.bulk.selection import MOST, BulkSelection, plan
from navigator.errors import Invalid
from navigator.fields import MAX_ID as LARGEST
from navigator.fields import Id, Input
from navigator.people.actor import Actor
from navigator.problems.inputs import Numbers

Seen = tuple[Id, Annotated[int, Field(ge=0, le=LARGEST)]]
"""A ticket's number, and its version as it was confirmed."""


def _pairs(value: object) -> object:
    """A form sends them as one line: "12:3 14:1"."""
    if not isinstance(value, list):
        return value
    parts = [part for one in value for part in (one.split() if isinstance(one, str) else [one])]
    return [tuple(part.split(":")) if isinstance(part, str) else part for part in parts]


class Confirmed(Input):
    """The list that somebody confirmed: the tickets that go as they saw them, and those left out."""

    seen: Annotated[list[Seen], Field(max_length=MOST), BeforeValidator(_pairs)]
    left_out: Numbers = Field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        """All tickets of the list."""
        return [*dict(self.seen), *self.left_out]


def start(session: Session, actor: Actor, action: BulkAction, what: BaseModel, confirmed: Confirmed) -> Bulk:
    """Write down a bulk with all its tickets; what changed since is looked at again when each is done."""
    seen = dict(confirmed.seen)
    found = plan(session, actor, action, what, BulkSelection(tickets=confirmed.numbers))
    reasons = {one.ticket.number: one.why_not for one in (*found.going, *found.left_out)}
    going = [number for number in seen if reasons.get(number) == ""]
    if not going:
        raise Invalid("This cannot be done to any of these tickets now.")
    bulk = Bulk(
        user_id=actor.user_id,
        key_id=actor.key_id,
        created_by=actor.name,
        action=action,
        params=what.model_dump(mode="json", exclude={"version"}),
        size=len(going),
    )
    session.add(bulk)
    session.flush()
    session.add_all(_items(bulk, going, seen, reasons))
    return bulk


def _items(
    bulk: Bulk, going: Sequence[int], seen: Mapping[int, int], reasons: Mapping[int, Any]
) -> list[BulkItem]:
    """One row for each ticket that is there; what was not confirmed does not go, whatever it is like now."""
    rows = [BulkItem(bulk_id=bulk.id, ticket_number=one, version=seen[one]) for one in going]
    for number in reasons.keys() - set(going):
        why = reasons[number] or "It could not be done when you confirmed the list."
        left = BulkItem(bulk_id=bulk.id, ticket_number=number, version=seen.get(number, 0), outcome=why)
        left.state = State.LEFT_OUT
        rows.append(left)
    return rows
