"""Reassigning: the tickets of somebody who leaves, and one that comes back while its assignee is away."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from navigator.catalogue.service import Service
from navigator.people.actor import SYSTEM
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import notify_user
from navigator.tickets.assignment.candidates import candidates, set_assignee
from navigator.tickets.assignment.choose import choose_assignee, navigator_for, requirements_of, rule_for
from navigator.tickets.lifecycle import act
from navigator.tickets.queue.order import DUE
from navigator.tickets.ticket import LIVE, Ticket
from navigator.tickets.visibility import find, lock_tickets


def reassign_all(session: Session, user_id: int, service_ids: Collection[int]) -> None:
    """Reassign a leaver's live tickets, most urgent first, to the least loaded navigators or to the queue."""
    query = select(Ticket.number).where(Ticket.assignee_id == user_id, col(Ticket.status).in_(LIVE))
    query = query.where(col(Ticket.service_id).in_(service_ids))
    numbers = session.exec(query.order_by(*DUE.by)).all()
    lock_tickets(session, SYSTEM, numbers)
    for number in numbers:
        ticket = find(session, SYSTEM, number, lock=True)
        if ticket.assignee_id != user_id or ticket.status not in LIVE:  # somebody was quicker
            continue
        assignment = navigator_for(session, ticket, rule_for(session, ticket))
        act(session, SYSTEM, Action.ASSIGN, number, left=user_id, **assignment.event_details)
        set_assignee(session, ticket, assignment.user_id, assignment.candidate)
        notify_user(session, ticket, ticket.assignee_id, "assigned")


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
