"""Giving a ticket to somebody: the navigators who could take it, what they carry, and the choice."""

from dataclasses import dataclass

from sqlalchemy import func, literal
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.place import Programme
from navigator.errors import Invalid
from navigator.people.person import Membership, Role, User
from navigator.people.reporter import Reporter
from navigator.tickets.routing import Candidate, choose, eligible
from navigator.tickets.ticket import Status, Ticket

BUSY = (Status.NEW, Status.OPEN)
# Literals, so that both engines can prove that the partial index of what is carried fits.
IS_BUSY = col(Ticket.status).in_([literal(status.value, literal_execute=True) for status in BUSY])


@dataclass(frozen=True)
class Choice:
    """Who was chosen out of how many who could take a ticket, and what they carried before."""

    user_id: int
    load: int
    capacity: int
    out_of: int


def navigator_for(session: Session, ticket: Ticket) -> Choice | None:
    """The navigator with the most spare capacity for a ticket, or None: it stays in the service's queue."""
    programme = session.get(Programme, ticket.programme_id) if ticket.programme_id else None
    language = session.get_one(Reporter, ticket.reporter_id).language or None
    able = eligible(candidates(session, ticket.service_id), programme.code if programme else None, language)
    first = choose(able, None, None)
    return Choice(first.user_id, first.load, first.capacity, len(able)) if first else None


def candidates(session: Session, service_id: int) -> list[Candidate]:
    """The navigators of a service with their live load; their rows are locked until the end."""
    query = (
        select(Membership, User)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.service_id == service_id, Membership.role == Role.NAVIGATOR, col(User.is_active))
        .order_by(col(Membership.id))
        .with_for_update(of=Membership)
    )
    loads = _loads(session, service_id)
    return [
        Candidate(
            user_id=user.id,
            capacity=membership.capacity,
            load=loads.get(user.id, 0),
            away=user.is_away,
            programmes=tuple(membership.programmes),
            languages=tuple(membership.languages),
            last_assigned_at=membership.last_assigned_at,
        )
        for membership, user in session.exec(query)
    ]


def _loads(session: Session, service_id: int) -> dict[int, int]:
    query = (
        select(col(Ticket.assignee_id), func.count())
        .where(Ticket.service_id == service_id, IS_BUSY)
        .where(col(Ticket.assignee_id).is_not(None))
        .group_by(col(Ticket.assignee_id))
    )
    return {user_id: load for user_id, load in session.exec(query) if user_id is not None}


def give(session: Session, ticket: Ticket, user_id: int | None) -> None:
    """Make somebody, or with None nobody, the assignee of a ticket that is being changed."""
    if user_id is not None:
        membership_of(session, ticket.service_id, user_id).last_assigned_at = clock.now()
    ticket.assignee_id = user_id


def membership_of(session: Session, service_id: int, user_id: int, role: Role = Role.NAVIGATOR) -> Membership:
    """The active membership of somebody in a service, who must have that role there."""
    query = (
        select(Membership)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.service_id == service_id, Membership.user_id == user_id)
        .where(Membership.role == role, col(User.is_active))
    )
    found = session.exec(query).one_or_none()
    if found is None:
        field = "assignee_id" if role is Role.NAVIGATOR else f"{role}_id"
        raise Invalid("There is a problem", {field: f"Choose a {role} of this service."})
    return found
