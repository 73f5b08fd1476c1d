"""The accounts of staff: who is invited, what they are in each service, and how they leave."""

from collections.abc import Collection
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from sqlmodel import Session, col, delete, not_, select

from navigator.errors import Conflict, Forbidden, Invalid
from navigator.people import directory, login, password_reset
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.user import Membership, Role, User

_EMAIL = r"^[^@\s<>(),;:\"\[\]\\]+@[^@\s<>(),;:\"\[\]\\.]+(\.[^@\s<>(),;:\"\[\]\\.]+)+$"


MEMBERSHIP_FIELDS = {"capacity", "hours", "programmes", "languages"}
"""What is the same in all roles of somebody in one service."""


def _held_by_people(roles: frozenset[Role]) -> frozenset[Role]:
    if Role.INTAKE in roles:
        raise ValueError("Only a key of another system can be intake.")
    return roles


def _one_by_one(typed: list[str]) -> list[str]:
    return [word.strip() for line in typed for word in line.split(",") if word.strip()]


class MembershipInput(BaseModel):
    """What somebody is in one service; capacity is in live tickets for full-time work, hours are a week’s.

    No programme or language means any.
    """

    service_id: int = Field(title="a service")
    roles: Annotated[frozenset[Role], AfterValidator(_held_by_people)] = Field(min_length=1, title="a role")
    capacity: int = Field(default=20, ge=0, le=200, title="how many tickets at a time")
    hours: float | None = Field(default=None, gt=0, le=60, title="hours a week", allow_inf_nan=False)
    programmes: list[str] = Field(default_factory=list, max_length=50, title="programmes")
    languages: Annotated[list[str], AfterValidator(_one_by_one)] = Field(
        default_factory=list, max_length=50, title="languages"
    )


class AccountDetails(BaseModel):
    """What somebody is called, and where letters to them go."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] = Field(
        title="their name"
    )
    email: Annotated[
        str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=_EMAIL)
    ] = Field(
        title="their email address",
        json_schema_extra={"words": "Enter an email address in the correct format, like name@example.com"},
    )


class Invitation(MembershipInput, AccountDetails):
    """Somebody to invite, and what they will be."""


def invite(session: Session, actor: Actor, what: Invitation) -> User:
    """An account with a place in a service; the letter with its link is posted by `outbox.invitations`."""
    _require_admin(actor, what.service_id)
    user = session.exec(select(User).where(User.email == what.email)).one_or_none()
    if user is None:
        user = User(name=what.name, email=what.email)
        session.add(user)
        session.flush()
    user.is_active = True
    _put(session, user.id, what)
    record_change(session, actor, what.service_id, "person", f"Invited: {user.name} ({_said(what)})")
    return user


def update_details(session: Session, actor: Actor, user_id: int, what: AccountDetails) -> None:
    """Change a name or an email address; not of whoever also works where the actor is no administrator."""
    user = directory.find(session, actor, user_id).user
    elsewhere = select(Membership.id).where(
        Membership.user_id == user_id, not_(directory.administered_by(actor))
    )
    if session.exec(elsewhere.limit(1)).first():
        raise Conflict("They also work in another service. Only an administrator of both can change this.")
    if session.exec(select(User.id).where(User.email == what.email, User.id != user_id)).first():
        raise Invalid("There is a problem", {"email": "Somebody else has this email address."})
    if user.email != what.email:
        password_reset.delete_tokens(session, user_id)
    user.name, user.email = what.name, what.email
    for service_id in directory.find(session, actor, user_id).memberships:
        record_change(session, actor, service_id, "person", f"Name or email address: {user.name}")


def set_membership(session: Session, actor: Actor, user_id: int, what: MembershipInput) -> None:
    """Change what a user is in one service, from now on: open pages included."""
    _require_admin(actor, what.service_id)
    user = directory.find(session, actor, user_id).user
    if Role.ADMIN not in what.roles:
        _keep_an_admin(session, user_id, {what.service_id})
    _put(session, user_id, what)
    record_change(session, actor, what.service_id, "person", f"Roles: {user.name} ({_said(what)})")


def _said(what: MembershipInput) -> str:
    return ", ".join(sorted(what.roles))


def _put(session: Session, user_id: int, what: MembershipInput) -> None:
    here = select(Membership).where(Membership.user_id == user_id, Membership.service_id == what.service_id)
    held = {Role(one.role): one for one in session.exec(here)}
    for role in held.keys() - what.roles:
        session.delete(held[role])
    for role in sorted(what.roles):
        one = held.get(role) or Membership(user_id=user_id, service_id=what.service_id, role=role)
        for name in MEMBERSHIP_FIELDS:
            setattr(one, name, getattr(what, name))
        session.add(one)
    session.flush()


def deactivate(session: Session, actor: Actor, user_id: int) -> frozenset[int]:
    """End a user's places in all services that the actor administers, and the account itself if none is left.

    The ids of the services left are the answer, so that the desk hands on the tickets held there.
    """
    found = directory.find(session, actor, user_id)
    held = found.memberships
    left = frozenset(service for service in held if actor.is_system or service in actor.services(Role.ADMIN))
    _keep_an_admin(session, user_id, left)
    mine = col(Membership.user_id) == user_id
    session.exec(delete(Membership).where(mine, col(Membership.service_id).in_(left)))
    for service_id in sorted(left):
        record_change(session, actor, service_id, "person", f"Left: {found.user.name}")
    if session.exec(select(Membership.id).where(mine).limit(1)).first() is None:
        _close(session, user_id)
    return left


def _close(session: Session, user_id: int) -> None:
    user = session.get_one(User, user_id)
    user.is_active, user.password_hash = False, None
    login.end_all(session, user_id)
    password_reset.delete_tokens(session, user_id)


def membership_of(session: Session, actor: Actor, user_id: int, service_id: int) -> MembershipInput:
    """What a user is in one service now, to be changed; without a role if they have no place there."""
    _require_admin(actor, service_id)
    held = directory.find(session, actor, user_id).memberships.get(service_id, [])
    kept = held[0].model_dump(include=MEMBERSHIP_FIELDS) if held else {}
    roles = frozenset(Role(one.role) for one in held)
    return MembershipInput.model_construct(service_id=service_id, roles=roles, **kept)


def _require_admin(actor: Actor, service_id: int) -> None:
    if not (actor.is_system or service_id in actor.services(Role.ADMIN)):
        raise Forbidden("Only an administrator of that service can do this.")


def _keep_an_admin(session: Session, user_id: int, services: Collection[int]) -> None:
    # Locked whole and in one order: of two administrators who send each other away at once, one must fail.
    query = (
        select(Membership, User)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(col(Membership.service_id).in_(services), Membership.role == Role.ADMIN)
        .order_by(col(Membership.id))
        .with_for_update(of=Membership)
    )
    admins = list(session.exec(query))
    losing = {one.service_id for one, user in admins if user.id == user_id}
    kept = {one.service_id for one, user in admins if user.id != user_id and user.password_hash}
    if losing - kept:
        raise Conflict("Every service needs an administrator who can log in. Name another one first.")
