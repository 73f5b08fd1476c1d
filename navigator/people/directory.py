"""Staff directory: users and their memberships, as far as the actor may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.composed_role import ComposedRole
from navigator.people.user import Membership, Role, User


@dataclass
class Colleague:
    """A user as an administrator sees them: only the memberships in the administrator's own services."""

    user: User
    memberships: dict[int, list[Membership]] = field(default_factory=dict)


def find(session: Session, actor: Actor, user_id: int) -> Colleague:
    """One user of the services that the actor administers."""
    matches = _colleagues(session, col(User.id) == user_id, administered_by(actor))
    if not matches:
        raise NotFound("There is no such person.")
    return matches[0]


def list_staff(session: Session, actor: Actor) -> list[Colleague]:
    """All users of the services that the actor administers, by name."""
    return _colleagues(session, true(), administered_by(actor))


def own_account(session: Session, actor: Actor) -> Colleague:
    """The actor's own account, with all their memberships."""
    return _colleagues(session, col(User.id) == actor.user_id, true())[0]


def services_of(session: Session, user_id: int) -> list[int]:
    """The ids of the services in which somebody has a role, in order."""
    of_user = select(Membership.service_id).where(Membership.user_id == user_id)
    return sorted(set(session.exec(of_user)))


def administered_by(actor: Actor) -> ColumnElement[bool]:
    """Memberships in the services that the actor administers: all, for the desk itself."""
    return true() if actor.is_system else col(Membership.service_id).in_(actor.services(Role.ADMIN))


def _colleagues(
    session: Session, user_condition: ColumnElement[bool], membership_condition: ColumnElement[bool]
) -> list[Colleague]:
    query = select(User, Membership).outerjoin(Membership, col(Membership.user_id) == col(User.id))
    query = query.where(user_condition, membership_condition).order_by(
        col(User.name), col(User.id), col(Membership.role), col(Membership.id)
    )
    by_id: dict[int, Colleague] = {}
    for user, membership in session.exec(query):
        memberships = by_id.setdefault(user.id, Colleague(user)).memberships
        if membership is not None:
            memberships.setdefault(membership.service_id, []).append(membership)
    return list(by_id.values())


def composed_roles(session: Session, service_ids: Collection[int]) -> Sequence[ComposedRole]:
    """The composed roles of some services, by name."""
    query = select(ComposedRole).where(col(ComposedRole.service_id).in_(service_ids))
    return session.exec(query.order_by(col(ComposedRole.name), col(ComposedRole.id))).all()


def composed_ids(session: Session) -> Mapping[tuple[int, str], int]:
    """The ids of all composed roles, by service and code."""
    query = select(ComposedRole.service_id, ComposedRole.code, ComposedRole.id)
    return {(service_id, code): id for service_id, code, id in session.exec(query)}


def users_with_role(session: Session, service_id: int, role: Role) -> list[User]:
    """The active users of a service with a role, by name."""
    query = (
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(Membership.service_id == service_id, Membership.role == role, col(User.is_active))
        .order_by(col(User.name), col(User.id))
    )
    return list(session.exec(query))
