"""Reassigning what comes back: a ticket whose assignee has left or is away goes to somebody who is there."""

from sqlmodel import Session

from navigator.catalogue.service import Service
from navigator.people.actor import SYSTEM
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import notify_user
from navigator.tickets.assignment.candidates import candidates, set_assignee
from navigator.tickets.assignment.choose import choose_assignee, requirements_of
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Ticket


def reassign_if_absent(session: Session, ticket: Ticket) -> bool:
    """Choose again for a ticket that came back to nobody who is there; whether somebody else has it now.

    Where nobody can be chosen, somebody must take it in the time that the service sets.
    """
    former = ticket.assignee_id
    if ticket.diverted_to or is_there(session, ticket.service_id, former):
        return False
    service = session.get_one(Service, ticket.service_id)
    assignment = choose_assignee(session, ticket, service, requirements_of(session, ticket))
    if assignment.user_id != former:
        act(session, SYSTEM, Action.ASSIGN, ticket.number, absent=former, **assignment.event_details)
    set_assignee(session, ticket, assignment.user_id, assignment.candidate)
    notify_user(session, ticket, assignment.user_id, "assigned")
    return assignment.user_id is not None


def is_there(session: Session, service_id: int, user_id: int | None) -> bool:
    """Whether somebody works in a service as a navigator and is not away; nobody is not."""
    team = candidates(session, service_id, lock=False)
    return any(member.user_id == user_id and not member.away for member in team)
