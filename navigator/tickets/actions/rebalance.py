"""Rebalancing the workload of a service: planned and looked at first, then done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import rules_of
from navigator.catalogue.programme import Programme
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
    MAX_MOVES,
    AssignedTicket,
    Move,
    RebalanceInput,
    plan_moves,
)
from navigator.tickets.assignment.rules import Candidate, first_matching_rule
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
    """The workload of a service: who has how much, what would move, and how many tickets stay."""

    service: Service
    team: Sequence[Candidate]
    people: Mapping[int, User]
    moves: Sequence[Move]
    tickets: Mapping[int, Ticket]
    staying: int

    def after(self, candidate: Candidate) -> Candidate:
        """A navigator as they would be after the moves."""
        gained = sum(move.to_user == candidate.user_id for move in self.moves)
        return replace(
            candidate,
            load=candidate.load + gained - sum(move.from_user == candidate.user_id for move in self.moves),
        )


@dataclass(frozen=True)
class RebalanceOutcome:
    """The tickets that were moved, and why others were skipped."""

    moved: Sequence[int]
    skipped: Mapping[int, str]


def workload(session: Session, actor: Actor, code: str) -> Workload:
    """The workload of a service, and what would move; for whoever may assign there."""
    service = _service(session, actor, code)
    team = candidates(session, service.id, lock=False)
    assigned = _assigned_tickets(session, actor, service, team)
    moves = plan_moves(team, [row for row, _ in assigned], MAX_MOVES)
    return Workload(
        service=service,
        team=sorted(team, key=lambda candidate: -candidate.share),
        people={user.id: user for user in users_with_role(session, service.id, Role.NAVIGATOR)},
        moves=moves,
        tickets={ticket.number: ticket for _, ticket in assigned},
        staying=sum(not row.takers for row, _ in assigned),
    )


def rebalance(session: Session, actor: Actor, code: str, rebalance_input: RebalanceInput) -> RebalanceOutcome:
    """Move the tickets that somebody confirmed; what changed since, or somebody has open, is skipped."""
    service = _service(session, actor, code)
    team = candidates(session, service.id)
    current = {row.number: row for row, _ in _assigned_tickets(session, actor, service, team)}
    moved, skipped = list[int](), dict[int, str]()
    for move in rebalance_input.moves:
        assigned = current.get(move.number)
        if assigned is None or move.to not in assigned.takers:
            skipped[move.number] = "Somebody is at it, or it is no longer to be moved."
            continue
        try:
            with session.begin_nested():
                assignment = AssignInput(assignee_id=move.to, version=move.version)
                assign(
                    session, replace(actor, extra_details={"from": assigned.user_id}), move.number, assignment
                )
            moved.append(move.number)
        except Refused as refused:
            skipped[move.number] = refused.message
    return RebalanceOutcome(moved, skipped)


def _service(session: Session, actor: Actor, code: str) -> Service:
    service = session.exec(select(Service).where(Service.code == code)).one_or_none()
    if service is None or service.id not in actor.services(*MAY_REBALANCE):
        raise NotFound("We cannot find that.")
    return service


def _assigned_tickets(
    session: Session, actor: Actor, service: Service, team: Sequence[Candidate]
) -> list[tuple[AssignedTicket, Ticket]]:
    """The assigned tickets of a service, the least urgent first, and who else could take each."""
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
    assigned = []
    for ticket, programme, language, is_pinned in rows:
        requirements = (programme, language or None)
        by_rule, anybody = eligible_for_rule(
            team, requirements, first_matching_rule(rules, ticket.category, *requirements)
        )
        takers = () if is_pinned else (candidate.user_id for candidate in by_rule or anybody)
        taker_ids = frozenset(takers) - {ticket.assignee_id}
        assigned.append((AssignedTicket(ticket.number, ticket.assignee_id, taker_ids), ticket))
    return assigned


def _is_pinned(actor: Actor) -> ColumnElement[bool]:
    """That a ticket stays: a clinician must read it, it is snoozed, somebody is at it or talked today."""
    now = clock.now()
    midnight = clock.london_time(clock.today(), time.min)
    message_today = (col(Message.ticket_number) == col(Ticket.number), col(Message.created_at) >= midnight)
    call_today = (col(PhoneCall.ticket_number) == col(Ticket.number), col(PhoneCall.created_at) >= midnight)
    is_present = (
        col(Presence.ticket_number) == col(Ticket.number),
        col(Presence.seen_at) > now - PRESENT_FOR,
    )
    return or_(
        col(Ticket.has_open_review),
        col(Ticket.snoozed_until_at) > now,
        exists().where(col(ReplyDraft.ticket_number) == col(Ticket.number)),
        exists().where(*is_present, col(Presence.user_id).is_distinct_from(actor.user_id)),
        exists().where(*message_today, col(Message.action) != Action.REPORT),
        exists().where(*call_today),
    )
