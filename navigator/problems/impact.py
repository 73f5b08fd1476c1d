"""What a problem costs: the tickets and the sessions that it touched, and the pack for its supplier."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme
from navigator.dates_in_words import day
from navigator.people.actor import Actor
from navigator.problems.problem import Problem
from navigator.tickets.ticket import Action, Event, Status, Ticket
from navigator.tickets.visibility import visible_to


@dataclass(frozen=True)
class Impact:
    """How many tickets are linked, and how often a practitioner had to plan a session without it."""

    tickets: int = 0
    sessions: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


def impacts(session: Session, actor: Actor, ids: Iterable[int]) -> dict[int, Impact]:
    """What each problem costs, of the tickets that an actor may see."""
    linked = (
        visible_to(actor),
        col(Ticket.problem_id).in_(sorted(ids)),
        Ticket.status != Status.MERGED,
    )
    reported = col(Ticket.reported_at)
    tickets = select(Ticket.problem_id, func.count(), func.min(reported), func.max(reported)).where(*linked)
    sessions = (
        select(Ticket.problem_id, func.count())
        .join(Event, col(Event.ticket_number) == col(Ticket.number))
        .where(*linked, Event.action == Action.GUARD)
    )
    touched = dict(session.exec(sessions.group_by(col(Ticket.problem_id))).all())
    return {
        id: Impact(count, touched.get(id, 0), first, last)
        for id, count, first, last in session.exec(tickets.group_by(col(Ticket.problem_id)))
        if id is not None
    }


def impact_of(session: Session, actor: Actor, problem: Problem) -> Impact:
    """What one problem costs."""
    return impacts(session, actor, [problem.id]).get(problem.id, Impact())


def linked(session: Session, actor: Actor, problem: Problem, limit: int = 100) -> Sequence[Ticket]:
    """The newest linked tickets that an actor may see."""
    query = select(Ticket).where(
        Ticket.problem_id == problem.id, visible_to(actor), Ticket.status != Status.MERGED
    )
    return session.exec(query.order_by(col(Ticket.number).desc()).limit(limit)).all()


def rounded(count: int) -> str:
    """A count as it may leave the service: nobody can be found by it."""
    return f"about {5 * round(count / 5)}" if count >= 5 else "fewer than 5"


def supplier_pack(session: Session, actor: Actor, problem: Problem) -> str:
    """What the supplier may be sent, as plain text: nothing that a reporter wrote."""
    cost = impact_of(session, actor, problem)
    leaf = catalogue().category(problem.category)
    lines = {
        "Problem": f"known problem {problem.id}",
        "Your reference": problem.supplier_reference or "not given yet",
        "Programme": session.get_one(Programme, problem.programme_id).name,
        "Kind": f"{leaf.staff_label} ({leaf.id})",
        "Title": problem.title,
        "First reported": day(cost.first_at) if cost.first_at else "not yet",
        "Last reported": day(cost.last_at) if cost.last_at else "not yet",
        "Reports": rounded(cost.tickets),
        "Sessions planned without it": rounded(cost.sessions),
        "Page and steps, as far as known": problem.known or "not known yet",
    }
    return "\n".join(f"{name}: {words}" for name, words in lines.items())
