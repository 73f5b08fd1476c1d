"""Impact of a problem: counts of linked tickets and missed sessions, and the text for the supplier."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, distinct
from sqlmodel import Session, col, func, select

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme
from navigator.dates_in_words import day
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems.affected_person import AffectedPerson
from navigator.problems.problem import Problem
from navigator.tickets.action_rules import Action
from navigator.tickets.device_check import Aspect, DeviceCheck, from_json
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
        Ticket.status != Status.MERGED,
    )
    reported = col(Ticket.reported_at)
    tickets = select(Ticket.problem_id, func.count(), func.min(reported), func.max(reported)).where(
        *conditions
    )
    sessions = (
        select(Ticket.problem_id, func.count())
        .join(Event, col(Event.ticket_number) == col(Ticket.number))
        .where(*conditions, Event.action == Action.GUARD)
    )
    sessions_by_problem = dict(session.exec(sessions.group_by(col(Ticket.problem_id))).all())
    affected = _affected(session, actor, ids)
    found = {
        id: Impact(count, sessions_by_problem.get(id, 0), affected.get(id, 0), first, last)
        for id, count, first, last in session.exec(tickets.group_by(col(Ticket.problem_id)))
        if id is not None
    }
    return {id: Impact(affected=count) for id, count in affected.items()} | found


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
        col(AffectedPerson.service_id).in_(sorted(actor.services(Role.NAVIGATOR, Role.MANAGER))),
        col(Ticket.number).is_(None),
    )
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


def round_for_supplier(count: int) -> str:
    """A count rounded before it leaves the service, so that nobody can be identified by it."""
    return f"about {5 * round(count / 5)}" if count >= 5 else "fewer than 5"


def supplier_pack(session: Session, actor: Actor, problem: Problem) -> str:
    """The problem report for the supplier as plain text, without anything that a reporter wrote."""
    impact = impact_of(session, actor, problem)
    category = catalogue().category(problem.category)
    lines = {
        "Problem": f"known problem {problem.id}",
        "Your reference": problem.supplier_reference or "not given yet",
        "Programme": session.get_one(Programme, problem.programme_id).name,
        "Kind": f"{category.staff_label} ({category.id})",
        "Title": problem.title,
        "First reported": day(impact.first_at) if impact.first_at else "not yet",
        "Last reported": day(impact.last_at) if impact.last_at else "not yet",
        "Reports": round_for_supplier(impact.tickets),
        "People who said that they have it too": round_for_supplier(impact.affected),
        "Sessions planned without it": round_for_supplier(impact.sessions),
        "Page and steps, as far as known": problem.known or "not known yet",
    } | _devices(session, actor, problem)
    return "\n".join(f"{label}: {text}" for label, text in lines.items())


def _devices(session: Session, actor: Actor, problem: Problem) -> dict[str, str]:
    """What checks of phones found, as these said it: the newest of each ticket, and no count under five."""
    query = select(DeviceCheck.ticket_number, DeviceCheck.findings).join(
        Ticket, col(Ticket.number) == col(DeviceCheck.ticket_number)
    )
    conditions = (Ticket.problem_id == problem.id, visible_to(actor), Ticket.status != Status.MERGED)
    newest = dict(session.exec(query.where(*conditions).order_by(col(DeviceCheck.id))).all())
    browsers, faults = Counter[str](), Counter[str]()
    for finding in (finding for findings in newest.values() for finding in from_json(findings)):
        if finding.aspect == Aspect.BROWSER:
            browsers[finding.found or "not known"] += 1
        elif finding.is_fault:
            faults[finding.kind] += 1
    if not newest:
        return {}
    return {
        "Phones checked, as they said themselves": round_for_supplier(len(newest)),
        "Their browsers": _counts(browsers),
        "What was wrong with them": _counts(faults),
    }


def _counts(counted: Counter[str]) -> str:
    """Counts from five on, each rounded; how many kinds had fewer is not said, only that there were."""
    shown = [f"{name} ({round_for_supplier(count)})" for name, count in counted.most_common() if count >= 5]
    hidden = ["others (fewer than 5 each)"] if any(count < 5 for count in counted.values()) else []
    return ", ".join([*shown, *hidden]) or "nothing"
