"""The roster: who works where, as far as whoever looks may know."""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User


@dataclass
class Colleague:
    """A user as an administrator sees them: only the memberships in the administrator's own services."""

    user: User
    memberships: dict[int, list[Membership]] = field(default_factory=dict)


def find(session: Session, actor: Actor, user_id: int) -> Colleague:
    """One user in the services that the actor administers."""
    found = _colleagues(session, col(User.id) == user_id, administered_by(actor))
    if not found:
        raise NotFound("There is no such person.")
    return found[0]


def staff_of(session: Session, actor: Actor) -> list[Colleague]:
    """Everybody in the services that the actor administers, by name."""
    return _colleagues(session, true(), administered_by(actor))


def own_account(session: Session, actor: Actor) -> Colleague:
    """The actor's own account, with all their places."""
    return _colleagues(session, col(User.id) == actor.user_id, true())[0]


def active_roles(session: Session, service_id: int) -> set[Role]:
    """The roles that somebody who can log in holds in a service."""
    held = select(Membership.role).join(User, col(User.id) == col(Membership.user_id))
    can_log_in = (col(User.is_active), col(User.password_hash).is_not(None))
    return set(map(Role, session.exec(held.where(Membership.service_id == service_id, *can_log_in))))


def administered_by(actor: Actor) -> ColumnElement[bool]:
    """Memberships in the services that the actor administers: all, for the desk itself."""
    return true() if actor.is_system else col(Membership.service_id).in_(actor.services(Role.ADMIN))


def _colleagues(session: Session, who: ColumnElement[bool], where: ColumnElement[bool]) -> list[Colleague]:
    query = select(User, Membership).outerjoin(Membership, col(Membership.user_id) == col(User.id))
    query = query.where(who, where).order_by(col(User.name), col(User.id), col(Membership.role))
    found: dict[int, Colleague] = {}
    for user, membership in session.exec(query):
        places = found.setdefault(user.id, Colleague(user)).memberships
        if membership is not None:
            places.setdefault(membership.service_id, []).append(membership)
    return list(found.values())


def colleagues(session: Session, service_id: int, role: Role) -> list[User]:
    """The active people of a service with a role, by name: to assign to, or to attach."""
    query = (
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(Membership.service_id == service_id, Membership.role == role, col(User.is_active))
        .order_by(col(User.name))
    )
    return list(session.exec(query))
