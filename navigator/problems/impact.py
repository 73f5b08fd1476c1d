"""Impact of a problem: counts of linked tickets, missed sessions, and people without a ticket."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, distinct
from sqlmodel import Session, col, func, select

from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems.affected_person import AffectedPerson
from navigator.problems.problem import Problem
from navigator.tickets.metrics import IS_WARNING
from navigator.tickets.ticket import Event, Status, Ticket
from navigator.tickets.visibility import visible_to


@dataclass(frozen=True)
class Impact:
    """How many tickets are linked, and how many sessions were planned without the programme.

    `affected` is how many people said that they have it too, and have no ticket that is linked.
    """

    tickets: int = 0
    sessions: int = 0
    affected: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


def impacts(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, Impact]:
    """The impact of each problem, counting the tickets that the actor may see."""
    conditions = (
        visible_to(actor),
        col(Ticket.problem_id).in_(sorted(ids)),
        col(Ticket.status) != Status.MERGED,
    )
    reported = col(Ticket.reported_at)
    tickets = select(Ticket.problem_id, func.count(), func.min(reported), func.max(reported)).where(
        *conditions
    )
    rows = session.exec(tickets.group_by(col(Ticket.problem_id))).all()
    sessions = _sessions(session, conditions, [first for _, _, first, _ in rows])
    affected = _affected(session, actor, ids)
    found = {
        id: Impact(count, sessions.get(id, 0), affected.get(id, 0), first, last)
        for id, count, first, last in rows
        if id is not None
    }
    return {id: Impact(affected=count) for id, count in affected.items()} | found


def _sessions(
    session: Session, conditions: Sequence[ColumnElement[bool]], reported_at: Sequence[datetime]
) -> dict[int | None, int]:
    """How many sessions were planned without the programme: none before the first of them was reported."""
    if not reported_at:
        return {}
    # Not joined, or SQLite looks for warnings of every linked ticket.
    is_of_it = col(Ticket.number) == col(Event.ticket_number)
    problem = select(Ticket.problem_id).where(is_of_it, *conditions).scalar_subquery().label("problem_id")
    query = select(problem, func.count()).where(IS_WARNING, col(Event.created_at) >= min(reported_at))
    return dict(session.exec(query.group_by("problem_id")).all())


def _affected(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, int]:
    """How many people of the actor's services have each problem too; one browser or address counts once."""
    linked = and_(
        col(Ticket.number) == col(AffectedPerson.ticket_number),
        col(Ticket.problem_id) == col(AffectedPerson.problem_id),
    )
    no_contact = col(AffectedPerson.contact_hash) == ""
    person = case((no_contact, col(AffectedPerson.token_hash)), else_=col(AffectedPerson.contact_hash))
    query = select(AffectedPerson.problem_id, func.count(distinct(person))).join(Ticket, linked, isouter=True)
    query = query.where(
        col(AffectedPerson.problem_id).in_(sorted(ids)),
        col(Ticket.number).is_(None),
    )
    if not actor.is_system:
        own = sorted(actor.services(Role.NAVIGATOR, Role.MANAGER))
        query = query.where(col(AffectedPerson.service_id).in_(own))
    return dict(session.exec(query.group_by(col(AffectedPerson.problem_id))).all())


def impact_of(session: Session, actor: Actor, problem: Problem) -> Impact:
    """The impact of one problem."""
    return impacts(session, actor, [problem.id]).get(problem.id, Impact())


def linked_tickets(session: Session, actor: Actor, problem: Problem, limit: int = 100) -> Sequence[Ticket]:
    """The newest linked tickets that the actor may see."""
    query = select(Ticket).where(
        Ticket.problem_id == problem.id, visible_to(actor), Ticket.status != Status.MERGED
    )
    return session.exec(query.order_by(col(Ticket.number).desc()).limit(limit)).all()
