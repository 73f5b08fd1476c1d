"""Choosing tickets for a bulk, by box or by view, and seeing which of them it is for and which not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from navigator.bulk.actions import why_not
from navigator.bulk.bulk import BulkAction
from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.problems.inputs import Numbers
from navigator.tickets.queue.filters import Filters, conditions
from navigator.tickets.queue.queue import ORDER
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to

MOST = 500
"""Tickets in one bulk: so many that a person can still look through the list."""


class BulkSelection(Filters):
    """Which tickets somebody chose: those ticked or, with `whole`, all that a view holds."""

    model_config = ConfigDict(extra="ignore")

    tickets: Numbers = Field(default_factory=list)
    whole: bool = False


@dataclass(frozen=True)
class Chosen:
    """A ticket that somebody chose, who has it, and why it is left out, if it is."""

    ticket: Ticket
    assignee: str | None
    why_not: str = ""


@dataclass(frozen=True)
class Plan:
    """What a bulk would do: the tickets that go, those left out, and how many had been chosen in all."""

    going: Sequence[Chosen]
    left_out: Sequence[Chosen]
    of: int


def selected_tickets(session: Session, actor: Actor, choice: BulkSelection) -> Sequence[Chosen]:
    """The tickets chosen, of those that an actor may see: the first so many, soonest due first."""
    query = (
        select(Ticket, User.name)
        .outerjoin(User, col(User.id) == col(Ticket.assignee_id))
        .where(visible_to(actor), *_conditions(session, actor, choice))
        .order_by(*ORDER)
        .limit(MOST)
    )
    return [Chosen(ticket, name) for ticket, name in session.exec(query)]


def count_selected(session: Session, actor: Actor, choice: BulkSelection) -> int:
    """How many tickets were chosen, more than one bulk takes included."""
    query = (
        select(func.count())
        .select_from(Ticket)
        .where(visible_to(actor), *_conditions(session, actor, choice))
    )
    return session.exec(query).one()


def _conditions(session: Session, actor: Actor, choice: BulkSelection) -> list[ColumnElement[bool]]:
    return conditions(session, actor, choice) if choice.whole else [col(Ticket.number).in_(choice.tickets)]


def plan(session: Session, actor: Actor, action: BulkAction, what: Any, choice: BulkSelection) -> Plan:
    """What doing this to the chosen tickets would come to; nothing is changed."""
    why = why_not(session, actor, action, what)
    found = [
        Chosen(one.ticket, one.assignee, why(one.ticket)) for one in selected_tickets(session, actor, choice)
    ]
    if not found:
        raise Invalid("Choose at least one ticket.")
    going, left_out = [one for one in found if not one.why_not], [one for one in found if one.why_not]
    return Plan(going, left_out, count_selected(session, actor, choice))
