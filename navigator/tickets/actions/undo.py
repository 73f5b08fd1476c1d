"""Undoing: what somebody has just done is taken back, where that is true: nothing has left the desk by it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlmodel import Session

from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions.undo_triage import restore_triage
from navigator.tickets.assignment.candidates import set_assignee
from navigator.tickets.assignment.choose import suggested_contact
from navigator.tickets.detail import TicketDetail, ticket_detail
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Audience, Author, Event, Status, Ticket


def _give_back(session: Session, ticket: Ticket, done: Event) -> None:
    set_assignee(session, ticket, done.details["former"])


def _wake(_: Session, ticket: Ticket, __: Event) -> None:
    ticket.snoozed_until_at = None


def _link_back(_: Session, ticket: Ticket, done: Event) -> None:
    ticket.problem_id = done.details["former"]


def _sort_back(session: Session, ticket: Ticket, done: Event) -> None:
    restore_triage(session, ticket, done.details["former"])
    ticket.suggested_contact = suggested_contact(session, ticket)


_PUT_BACK: Mapping[Action, Callable[[Session, Ticket, Event], None]] = MappingProxyType(
    {
        Action.CLAIM: _give_back,
        Action.ASSIGN: _give_back,
        Action.SNOOZE: _wake,
        Action.TRIAGE: _sort_back,
        Action.LINK: _link_back,
    }
)
"""How each action that its row says can be undone is put as it was."""


def undoable(actor: Actor, case: TicketDetail) -> Event | None:
    """What an actor did last to a ticket, if nothing came after it and it can be taken back."""
    last = case.events[-1] if case.events else None
    if last is None or actor.user_id is None or last.actor_id != actor.user_id:
        return None
    if last.action not in _PUT_BACK or "former" not in last.details:
        return None
    if {"undone", "woke"} & last.details.keys():
        return None
    was_told = any(
        message.created_at >= last.created_at
        and message.author == Author.STAFF
        and message.audience == Audience.PUBLIC
        for message in case.messages
    )
    return None if was_told or ACTION_RULES[Action(last.action)].undone_by not in case.allowed else last


def undo(session: Session, actor: Actor, number: int, version: int | None) -> Ticket:
    """Take back what an actor did last to a ticket, if it is still as they left it."""
    last = undoable(actor, ticket_detail(session, actor, number))
    if last is None or last.version != version:
        raise Conflict("This cannot be undone any more: something else was done to the ticket since.")
    undone = Action(last.action)
    by, back_to = ACTION_RULES[undone].undone_by or undone, Status(last.from_status or last.to_status)
    ticket = act(session, actor, by, number, version, back_to, undone=undone)
    _PUT_BACK[undone](session, ticket, last)
    return ticket
