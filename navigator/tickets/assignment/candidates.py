"""Candidates for a ticket: the navigators of a service with their load; and setting the assignee."""

from sqlalchemy import bindparam, func, literal_column
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.database import ask
from navigator.errors import Invalid
from navigator.people.user import Membership, Role, User
from navigator.tickets.assignment.rules import Candidate
from navigator.tickets.ticket import Status, Ticket

BUSY = (Status.NEW, Status.OPEN)
# Literals, so that both engines can prove that the partial index of the load fits.
IS_BUSY = col(Ticket.status).in_([literal_column(f"'{status.value}'") for status in BUSY])


_LOAD = (
    select(func.count())
    .where(col(Ticket.service_id) == col(Membership.service_id), IS_BUSY)
    .where(col(Ticket.assignee_id) == col(Membership.user_id))
    .correlate(Membership)
    .scalar_subquery()
)
_TEAM = (
    select(Membership, User, Service.full_time_hours, _LOAD)
    .join(User, col(User.id) == col(Membership.user_id))
    .join(Service, col(Service.id) == col(Membership.service_id))
    .where(col(Membership.service_id) == bindparam("service_id"), Membership.role == Role.NAVIGATOR)
    .where(col(User.is_active))
    .order_by(col(Membership.id))
)
_LOCK = (
    select(Membership.id)
    .where(col(Membership.service_id) == bindparam("service_id"), Membership.role == Role.NAVIGATOR)
    .order_by(col(Membership.id))
    .with_for_update()
)


def candidates(session: Session, service_id: int, lock: bool = True) -> list[Candidate]:
    """The navigators of a service with their live load; locked, to be chosen from, until the end.

    Their load is counted when the lock is there: by one statement, PostgreSQL would count it before it waits
    for another choice, without what that gave, and a second time after it.
    """
    if lock:
        ask(session, _LOCK, service_id=service_id)
    rows = session.execute(_TEAM, {"service_id": service_id})
    return [
        Candidate(
            user_id=user.id,
            capacity=membership.effective_capacity(full_time),
            load=load,
            away=user.is_away,
            programmes=tuple(membership.programmes),
            languages=tuple(membership.languages),
            last_assigned_at=membership.last_assigned_at,
            cover_id=user.cover_id,
            rows=(membership, user),
        )
        for membership, user, full_time, load in rows
    ]


def set_assignee(
    session: Session, ticket: Ticket, user_id: int | None, chosen: Candidate | None = None
) -> None:
    """Set the assignee of a ticket that is being changed; None leaves it unassigned until `assign_by_at`.

    Who was `chosen` of the locked candidates is not looked up again.
    """
    ticket.assignee_id, ticket.assign_by_at = user_id, None
    if user_id is not None:
        known = chosen.rows if chosen else None
        membership = known[0] if known else membership_of(session, ticket.service_id, user_id)
        membership.last_assigned_at = clock.now()
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
