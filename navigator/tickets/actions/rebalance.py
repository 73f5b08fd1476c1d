"""Sharing the work of a service out again: looked at first, and then done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.catalogue.routing_rule import rules_of
from navigator.catalogue.service import Service
from navigator.errors import NotFound, Refused
from navigator.people.actor import Actor
from navigator.people.directory import users_with_role
from navigator.people.reporter import Reporter
from navigator.people.user import Role, User
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.staff import assign
from navigator.tickets.assignment.candidates import IS_BUSY, candidates
from navigator.tickets.assignment.choose import eligible_for_rule
from navigator.tickets.assignment.rebalance_plan import (
    MOST_MOVES,
    AssignedTicket,
    Move,
    RebalanceInput,
    plan_moves,
)
from navigator.tickets.assignment.rules import Candidate, first_fitting
from navigator.tickets.inputs import AssignInput
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.presence import PRESENT_FOR, Presence
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.ticket import Message, Ticket
from navigator.tickets.visibility import visible_to

MAY_REBALANCE = (Role.NAVIGATOR, Role.MANAGER)
"""Who may assign tickets."""


@dataclass(frozen=True)
class Workload:
    """Who carries how much of a service's work, what would move, and how many tickets stay where they are."""

    service: Service
    team: Sequence[Candidate]
    people: Mapping[int, User]
    moves: Sequence[Move]
    tickets: Mapping[int, Ticket]
    staying: int

    def after(self, one: Candidate) -> Candidate:
        """A navigator as they would be after the moves."""
        gained = sum(move.to_user == one.user_id for move in self.moves)
        return replace(
            one, load=one.load + gained - sum(move.from_user == one.user_id for move in self.moves)
        )


@dataclass(frozen=True)
class RebalanceOutcome:
    """The tickets that were moved, and why others were left where they are."""

    moved: Sequence[int]
    left: Mapping[int, str]


def workload(session: Session, actor: Actor, code: str) -> Workload:
    """How the work of a service is shared, and what would move; for whoever may assign there."""
    service = _service(session, actor, code)
    team = candidates(session, service.id, lock=False)
    held = _held(session, actor, service, team)
    found = plan_moves(team, [one for one, _ in held], MOST_MOVES)
    return Workload(
        service=service,
        team=sorted(team, key=lambda one: -one.share),
        people={one.id: one for one in users_with_role(session, service.id, Role.NAVIGATOR)},
        moves=found,
        tickets={ticket.number: ticket for _, ticket in held},
        staying=sum(not one.takers for one, _ in held),
    )


def rebalance(session: Session, actor: Actor, code: str, what: RebalanceInput) -> RebalanceOutcome:
    """Move what somebody looked at; a ticket that changed since, or at which somebody is now, is left."""
    service = _service(session, actor, code)
    team = candidates(session, service.id)
    now = {one.number: one for one, _ in _held(session, actor, service, team)}
    moved, left = list[int](), dict[int, str]()
    for move in what.moves:
        held = now.get(move.number)
        if held is None or move.to not in held.takers:
            left[move.number] = "Somebody is at it, or it is no longer to be moved."
            continue
        try:
            with session.begin_nested():
                given = AssignInput(assignee_id=move.to, version=move.version)
                assign(session, replace(actor, extra_details={"from": held.user_id}), move.number, given)
            moved.append(move.number)
        except Refused as refused:
            left[move.number] = refused.message
    return RebalanceOutcome(moved, left)


def _service(session: Session, actor: Actor, code: str) -> Service:
    found = session.exec(select(Service).where(Service.code == code)).one_or_none()
    if found is None or found.id not in actor.services(*MAY_REBALANCE):
        raise NotFound("We cannot find that.")
    return found


def _held(
    session: Session, actor: Actor, service: Service, team: Sequence[Candidate]
) -> list[tuple[AssignedTicket, Ticket]]:
    """What navigators of a service carry, the least urgent first, and who else could take it."""
    rules = rules_of(session, service.id)
    query = (
        select(Ticket, Programme.code, Reporter.language, _is_pinned(actor))
        .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
        .outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
        .where(Ticket.service_id == service.id, IS_BUSY, col(Ticket.assignee_id).is_not(None))
        .where(visible_to(actor))
        .order_by(col(Ticket.due_at).desc(), col(Ticket.number).desc())
    )
    rows: Any = session.exec(query)
    held = []
    for ticket, programme, language, stays in rows:
        wants = (programme, language or None)
        ruled, anybody = eligible_for_rule(team, wants, first_fitting(rules, ticket.category, *wants))
        takers = () if stays else (one.user_id for one in ruled or anybody)
        its = frozenset(takers) - {ticket.assignee_id}
        held.append((AssignedTicket(ticket.number, ticket.assignee_id, its), ticket))
    return held


def _is_pinned(actor: Actor) -> ColumnElement[bool]:
    """That a ticket stays: a clinician must read it, it is snoozed, somebody is at it or talked today."""
    now = clock.now()
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    said = (col(Message.ticket_number) == col(Ticket.number), col(Message.created_at) >= midnight)
    called = (col(PhoneCall.ticket_number) == col(Ticket.number), col(PhoneCall.created_at) >= midnight)
    read = (col(Presence.ticket_number) == col(Ticket.number), col(Presence.seen_at) > now - PRESENT_FOR)
    return or_(
        col(Ticket.has_open_review),
        col(Ticket.snoozed_until_at) > now,
        exists().where(col(ReplyDraft.ticket_number) == col(Ticket.number)),
        exists().where(*read, col(Presence.user_id).is_distinct_from(actor.user_id)),
        exists().where(*said, col(Message.action) != Action.REPORT),
        exists().where(*called),
    )
