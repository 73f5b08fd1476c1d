"""Selection of tickets for a bulk action, by checkbox or by view, and the plan of what it would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.bulk.actions import obstacle_for
from navigator.bulk.tables import BulkAction
from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.problems.inputs import Numbers
from navigator.tickets.queue.filters import Filters, conditions
from navigator.tickets.queue.order import DUE
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to

MAX_TICKETS = 500
"""The most tickets in one bulk: so many that a person can still look through the list."""


class BulkSelection(Filters):
    """The selected tickets: those ticked or, with `whole`, all of a view."""

    model_config = ConfigDict(extra="ignore")

    tickets: Numbers = Field(default_factory=list)
    whole: bool = False


@dataclass(frozen=True)
class SelectedTicket:
    """A selected ticket, its assignee, and why it is left out, if it is."""

    ticket: Ticket
    assignee: str | None
    why_not: str = ""


@dataclass(frozen=True)
class BulkPlan:
    """A dry run of a bulk: the tickets included, those left out, and the number selected in all."""

    included: Sequence[SelectedTicket]
    left_out: Sequence[SelectedTicket]
    total: int


@clock.one_moment()
def selected_tickets(session: Session, actor: Actor, selection: BulkSelection) -> Sequence[SelectedTicket]:
    """The first so many of the selected tickets that the actor may see, soonest due first."""
    query = (
        select(Ticket, User.name)
        .outerjoin(User, col(User.id) == col(Ticket.assignee_id))
        .where(visible_to(actor), *_conditions(session, actor, selection))
        .order_by(*DUE.by)
        .limit(MAX_TICKETS)
    )
    return [SelectedTicket(ticket, name) for ticket, name in session.exec(query)]


@clock.one_moment()
def count_selected(session: Session, actor: Actor, selection: BulkSelection) -> int:
    """How many tickets were selected, even if more than one bulk takes."""
    query = (
        select(func.count())
        .select_from(Ticket)
        .where(visible_to(actor), *_conditions(session, actor, selection))
    )
    return session.exec(query).one()


def _conditions(session: Session, actor: Actor, selection: BulkSelection) -> list[ColumnElement[bool]]:
    return (
        conditions(session, actor, selection)
        if selection.whole
        else [col(Ticket.number).in_(selection.tickets)]
    )


@clock.one_moment()
def plan_bulk(
    session: Session, actor: Actor, action: BulkAction, params: Any, selection: BulkSelection
) -> BulkPlan:
    """Plan a bulk action: which of the selected tickets it would be done to; nothing is changed."""
    obstacle = obstacle_for(session, actor, action, params)
    tickets = [
        SelectedTicket(selected.ticket, selected.assignee, obstacle(selected.ticket))
        for selected in selected_tickets(session, actor, selection)
    ]
    if not tickets:
        raise Invalid("Choose at least one ticket.")
    included, left_out = (
        [ticket for ticket in tickets if not ticket.why_not],
        [ticket for ticket in tickets if ticket.why_not],
    )
    return BulkPlan(included, left_out, count_selected(session, actor, selection))
