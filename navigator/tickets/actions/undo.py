"""Undo: an actor takes back their last action on a ticket, if nothing that it sent has left."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlmodel import Session

from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions.undo_send import take_back
from navigator.tickets.actions.undo_triage import restore_triage
from navigator.tickets.assignment.candidates import set_assignee
from navigator.tickets.assignment.choose import suggested_contact
from navigator.tickets.detail import TicketDetail, ticket_detail
from navigator.tickets.held_send import HeldSend
from navigator.tickets.inputs import UndoInput
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Audience, Author, Event, Status, Ticket
from navigator.tickets.training_examples import remember_sorting


def _restore_assignee(session: Session, ticket: Ticket, event: Event) -> None:
    set_assignee(session, ticket, event.details["former"])


def _wake(_: Session, ticket: Ticket, __: Event) -> None:
    ticket.snoozed_until_at = None


def _restore_problem(_: Session, ticket: Ticket, event: Event) -> None:
    ticket.problem_id = event.details["former"]


def _restore_triage(session: Session, ticket: Ticket, event: Event) -> None:
    restore_triage(session, ticket, event.details["former"])
    ticket.suggested_contact = suggested_contact(session, ticket)
    remember_sorting(session, ticket.number)


_RESTORE: Mapping[Action, Callable[[Session, Ticket, Event], None]] = MappingProxyType(
    {
        Action.CLAIM: _restore_assignee,
        Action.ASSIGN: _restore_assignee,
        Action.SNOOZE: _wake,
        Action.TRIAGE: _restore_triage,
        Action.LINK: _restore_problem,
    }
)
"""How each action that has `undone_by` in its row is undone."""


def undoable_event(actor: Actor, detail: TicketDetail) -> Event | None:
    """The event of an actor's last action on a ticket, if nothing came after it and it can be undone."""
    event = detail.events[-1] if detail.events else None
    if event is None or actor.user_id is None or event.actor_id != actor.user_id:
        return None
    if event.action not in _RESTORE or "former" not in event.details:
        return None
    if {"undone", "woke"} & event.details.keys():
        return None
    was_sent = any(
        message.created_at >= event.created_at
        and message.author == Author.STAFF
        and message.audience == Audience.PUBLIC
        for message in detail.messages
    )
    return None if was_sent or ACTION_RULES[Action(event.action)].undone_by not in detail.allowed else event


def undo_last(session: Session, actor: Actor, number: int, undo_input: UndoInput) -> HeldSend | None:
    """Undo what an actor did last: what they sent and has not left, or an action that sent nothing."""
    if undo_input.held is not None:
        return take_back(session, actor, number, undo_input.held)
    undo(session, actor, number, undo_input.version)
    return None


def undo(session: Session, actor: Actor, number: int, version: int | None) -> Ticket:
    """Undo an actor's last action on a ticket, if the ticket is still as they left it."""
    event = undoable_event(actor, ticket_detail(session, actor, number))
    if event is None or event.version != version:
        raise Conflict("This cannot be undone any more: something else was done to the ticket since.")
    action = Action(event.action)
    undo_action = ACTION_RULES[action].undone_by or action
    restored_status = Status(event.from_status or event.to_status)
    ticket = act(session, actor, undo_action, number, version, restored_status, undone=action)
    _RESTORE[action](session, ticket, event)
    return ticket
