"""Undoing: what somebody has just done is taken back, where that is true: nothing has left the desk by it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from sqlmodel import Session

from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.tickets.actions.undo_triage import restore_triage
from navigator.tickets.assignment.candidates import set_assignee
from navigator.tickets.assignment.choose import suggested_contact
from navigator.tickets.detail import TicketDetail, ticket_detail
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Action, Audience, Author, Event, Status, Ticket


class UndoRule(NamedTuple):
    """How an action is taken back: through which rule of the gate, and what is put as it was."""

    by: Action
    puts_back: Callable[[Session, Ticket, Event], None]


def _give_back(session: Session, ticket: Ticket, done: Event) -> None:
    set_assignee(session, ticket, done.details["former"])


def _wake(_: Session, ticket: Ticket, __: Event) -> None:
    ticket.snoozed_until_at = None


def _link_back(_: Session, ticket: Ticket, done: Event) -> None:
    ticket.problem_id = done.details["former"]


def _sort_back(session: Session, ticket: Ticket, done: Event) -> None:
    restore_triage(session, ticket, done.details["former"])
    ticket.suggested_contact = suggested_contact(session, ticket)


UNDO_RULES: Mapping[Action, UndoRule] = MappingProxyType(
    {
        Action.CLAIM: UndoRule(Action.ASSIGN, _give_back),
        Action.ASSIGN: UndoRule(Action.ASSIGN, _give_back),
        Action.SNOOZE: UndoRule(Action.WAKE, _wake),
        Action.TRIAGE: UndoRule(Action.TRIAGE, _sort_back),
        Action.LINK: UndoRule(Action.LINK, _link_back),
    }
)
"""What can be taken back; whatever says something to a reporter cannot."""


def undoable(actor: Actor, case: TicketDetail) -> Event | None:
    """What an actor did last to a ticket, if nothing came after it and it can be taken back."""
    done = case.events[-1] if case.events else None
    if done is None or actor.user_id is None or done.actor_id != actor.user_id:
        return None
    if (
        done.action not in UNDO_RULES
        or "former" not in done.details
        or {"undone", "woke"} & done.details.keys()
    ):
        return None
    is_told = any(
        one.created_at >= done.created_at and one.author == Author.STAFF and one.audience == Audience.PUBLIC
        for one in case.messages
    )
    return None if is_told or UNDO_RULES[Action(done.action)].by not in case.allowed else done


def undo(session: Session, actor: Actor, number: int, version: int | None) -> Ticket:
    """Take back what an actor did last to a ticket, if it is still as they left it."""
    done = undoable(actor, ticket_detail(session, actor, number))
    if done is None or done.version != version:
        raise Conflict("This cannot be undone any more: something else was done to the ticket since.")
    action = Action(done.action)
    way = UNDO_RULES[action]
    ticket = act(
        session, actor, way.by, number, version, Status(done.from_status or done.to_status), undone=action
    )
    way.puts_back(session, ticket, done)
    return ticket
