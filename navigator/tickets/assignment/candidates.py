"""Candidates for a ticket: the navigators of a service with their load; and setting the assignee."""

from sqlalchemy import func, literal_column
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.people.user import Membership, Role, User
from navigator.tickets.assignment.rules import Candidate
from navigator.tickets.ticket import Status, Ticket

BUSY = (Status.NEW, Status.OPEN)
# Literals, so that both engines can prove that the partial index of the load fits.
IS_BUSY = col(Ticket.status).in_([literal_column(f"'{status.value}'") for status in BUSY])


def candidates(session: Session, service_id: int, lock: bool = True) -> list[Candidate]:
    """The navigators of a service with their live load; locked, to be chosen from, until the end."""
    query = (
        select(Membership, User)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.service_id == service_id, Membership.role == Role.NAVIGATOR, col(User.is_active))
        .order_by(col(Membership.id))
    )
    query = query.with_for_update(of=Membership) if lock else query
    loads, full_time = _loads(session, service_id), session.get_one(Service, service_id).full_time_hours
    return [
        Candidate(
            user_id=user.id,
            capacity=membership.effective_capacity(full_time),
            load=loads.get(user.id, 0),
            away=user.is_away,
            programmes=tuple(membership.programmes),
            languages=tuple(membership.languages),
            last_assigned_at=membership.last_assigned_at,
            cover_id=user.cover_id,
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


def set_assignee(session: Session, ticket: Ticket, user_id: int | None) -> None:
    """Set the assignee of a ticket that is being changed; None leaves it unassigned until `assign_by_at`."""
    ticket.assignee_id, ticket.assign_by_at = user_id, None
    if user_id is not None:
        membership_of(session, ticket.service_id, user_id).last_assigned_at = clock.now()
        return
    service = session.get_one(Service, ticket.service_id)
    ticket.assign_by_at = calendar_of(service).add(clock.now(), service.unassigned_minutes)


def membership_of(session: Session, service_id: int, user_id: int, role: Role = Role.NAVIGATOR) -> Membership:
    """The active membership of somebody in a service, who must have that role there."""
    query = (
        select(Membership)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.service_id == service_id, Membership.user_id == user_id)
        .where(Membership.role == role, col(User.is_active))
    )
    membership = session.exec(query).one_or_none()
    if membership is None:
        field = "assignee_id" if role is Role.NAVIGATOR else f"{role}_id"
        raise Invalid("There is a problem", {field: f"Choose a {role} of this service."})
    return membership
