"""Staff accounts: invitation, memberships (roles in each service), details and deactivation."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationInfo
from pydantic_core import PydanticKnownError
from sqlmodel import Session, col, delete, not_, select

from navigator.errors import Conflict, Forbidden, Invalid
from navigator.fields import STORED, Email
from navigator.people import calendar_feeds, directory, last_of_role, login, password_reset, second_factor
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.composed_role import ComposedRole
from navigator.people.user import ROLE_WORDS, Membership, Role, User

MEMBERSHIP_FIELDS = {"capacity", "hours", "programmes", "languages"}
"""The fields that are the same in all of a user's memberships of one service."""


def no_intake(roles: frozenset[Role]) -> frozenset[Role]:
    """Roles that a person can have."""
    if Role.INTAKE in roles:
        raise ValueError("Only a key of another system can be intake.")
    if Role.COMPOSED in roles:
        raise ValueError("Name the composed role.")
    return roles


def some_role(roles: frozenset[Role], info: ValidationInfo) -> frozenset[Role]:
    """Roles of which there is one at least, unless a composed role is named before them."""
    if not (roles or info.data.get("composed")):
        raise PydanticKnownError("too_short", {"field_type": "Set", "min_length": 1, "actual_length": 0})
    return roles


def _split_on_commas(values: list[str]) -> list[str]:
    return [word.strip() for line in values for word in line.split(",") if word.strip()]


class DepartureInput(BaseModel):
    """That somebody may go though they are the last of a role without which a service takes no reports."""

    confirm_last: bool = Field(default=False, title="that reports stop")


class MembershipInput(DepartureInput):
    """A membership: roles in one service; capacity is in live tickets for full-time work, hours are a week’s.

    No programme or language means any.
    """

    service_id: int = Field(title="a service")
    composed: str = Field(default="", max_length=50, title="a role of the service’s own")
    roles: Annotated[frozenset[Role], AfterValidator(no_intake), AfterValidator(some_role)] = Field(
        default_factory=frozenset, title="a role", validate_default=True
    )
    capacity: int = Field(default=20, ge=0, le=200, title="how many tickets at a time")
    hours: float | None = Field(default=None, gt=0, le=60, title="hours a week", allow_inf_nan=False)
    programmes: list[str] = Field(default_factory=list, max_length=50, title="programmes")
    languages: Annotated[list[str], AfterValidator(_split_on_commas)] = Field(
        default_factory=list, max_length=50, title="languages"
    )


class AccountDetails(BaseModel):
    """A user's name and email address."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100), STORED] = Field(title="their name")
    email: Annotated[Email, StringConstraints(to_lower=True, min_length=1)] = Field(
        title="their email address",
        json_schema_extra={"words": "Enter an email address in the correct format, like name@example.com"},
    )


class Invitation(MembershipInput, AccountDetails):
    """A person to invite, with their first membership."""


def invite(session: Session, actor: Actor, invitation: Invitation) -> User:
    """Create an account with a membership; `outbox.account_emails` queues the invitation."""
    _require_admin(actor, invitation.service_id)
    user = session.exec(select(User).where(User.email == invitation.email)).one_or_none()
    if user is None:
        user = User(name=invitation.name, email=invitation.email)
        session.add(user)
        session.flush()
    else:  # nobody new has a role to lose
        last_of_role.require_others(
            session, user.id, {invitation.service_id}, invitation.roles, is_confirmed=invitation.confirm_last
        )
    user.is_active = True
    _save_membership(session, user.id, invitation)
    record_change(
        session,
        actor,
        invitation.service_id,
        "person",
        f"Invited: {user.name} ({_roles_text(session, invitation)})",
    )
    return user


def update_details(session: Session, actor: Actor, user_id: int, details: AccountDetails) -> None:
    """Change a name or email address, unless the user also belongs to a service of other administrators."""
    user = directory.find(session, actor, user_id).user
    elsewhere = select(Membership.id).where(
        Membership.user_id == user_id, not_(directory.administered_by(actor))
    )
    if session.exec(elsewhere.limit(1)).first():
        raise Conflict("They also work in another service. Only an administrator of both can change this.")
    if session.exec(select(User.id).where(User.email == details.email, User.id != user_id)).first():
        raise Invalid("There is a problem", {"email": "Somebody else has this email address."})
    if user.email != details.email:
        password_reset.delete_tokens(session, user_id)
    user.name, user.email = details.name, details.email
    for service_id in directory.find(session, actor, user_id).memberships:
        record_change(session, actor, service_id, "person", f"Name or email address: {user.name}")


def set_membership(session: Session, actor: Actor, user_id: int, membership: MembershipInput) -> None:
    """Set a user's roles and capacity in one service, effective at once, in open pages too."""
    _require_admin(actor, membership.service_id)
    user = directory.find(session, actor, user_id).user
    last_of_role.require_others(
        session, user_id, {membership.service_id}, membership.roles, is_confirmed=membership.confirm_last
    )
    _save_membership(session, user_id, membership)
    record_change(
        session,
        actor,
        membership.service_id,
        "person",
        f"Roles: {user.name} ({_roles_text(session, membership)})",
    )


def _roles_text(session: Session, membership: MembershipInput) -> str:
    """Roles as people read them, a composed one by its name."""
    of_service = (ComposedRole.service_id == membership.service_id, ComposedRole.code == membership.composed)
    composed = session.exec(select(ComposedRole.name).where(*of_service)).all()
    return ", ".join([*(ROLE_WORDS.get(role, role) for role in sorted(membership.roles)), *composed])


def _save_membership(session: Session, user_id: int, membership: MembershipInput) -> None:
    query = select(Membership).where(
        Membership.user_id == user_id, Membership.service_id == membership.service_id
    )
    rows = {Role(row.role): row for row in session.exec(query)}
    composed_id = _composed_role_id(session, membership)
    roles = membership.roles | ({Role.COMPOSED} if composed_id else frozenset())
    for role in rows.keys() - roles:
        session.delete(rows[role])
    for role in sorted(roles):
        row = rows.get(role) or Membership(user_id=user_id, service_id=membership.service_id, role=role)
        row.composed_role_id = composed_id if role is Role.COMPOSED else None
        for name in MEMBERSHIP_FIELDS:
            setattr(row, name, getattr(membership, name))
        session.add(row)
    session.flush()


def _composed_role_id(session: Session, membership: MembershipInput) -> int | None:
    """The id of the composed role of a membership, which must be of the same service."""
    if not membership.composed:
        return None
    is_it = (ComposedRole.service_id == membership.service_id, ComposedRole.code == membership.composed)
    role_id = session.exec(select(ComposedRole.id).where(*is_it)).one_or_none()
    if role_id is None:
        raise Invalid("There is a problem", {"composed": "Choose a role of this service."})
    return role_id


def deactivate(
    session: Session, actor: Actor, user_id: int, departure: DepartureInput | None = None
) -> frozenset[int]:
    """Delete a user's memberships in the services that the actor administers; without any left, deactivate.

    Returns the ids of the services left, so that the tickets assigned there can be reassigned.
    """
    colleague = directory.find(session, actor, user_id)
    memberships = colleague.memberships
    services_left = frozenset(
        service for service in memberships if actor.is_system or service in actor.services(Role.ADMIN)
    )
    is_confirmed = departure is not None and departure.confirm_last
    last_of_role.require_others(session, user_id, services_left, is_confirmed=is_confirmed)
    of_user = col(Membership.user_id) == user_id
    session.exec(delete(Membership).where(of_user, col(Membership.service_id).in_(services_left)))
    for service_id in sorted(services_left):
        record_change(session, actor, service_id, "person", f"Left: {colleague.user.name}")
    if session.exec(select(Membership.id).where(of_user).limit(1)).first() is None:
        _close_account(session, user_id)
    return services_left


def _close_account(session: Session, user_id: int) -> None:
    user = session.get_one(User, user_id)
    user.is_active, user.password_hash = False, None
    login.end_sessions(session, user_id, "Their account was closed")
    second_factor.forget_all(session, user_id)
    calendar_feeds.end_all(session, user_id)
    password_reset.delete_tokens(session, user_id)


def membership_of(session: Session, actor: Actor, user_id: int, service_id: int) -> MembershipInput:
    """A user's membership of one service as a form to edit; without roles if they have none there."""
    _require_admin(actor, service_id)
    rows = directory.find(session, actor, user_id).memberships.get(service_id, [])
    values = rows[0].model_dump(include=MEMBERSHIP_FIELDS) if rows else {}
    roles = frozenset(Role(row.role) for row in rows if row.role != Role.COMPOSED)
    ids = [row.composed_role_id for row in rows if row.composed_role_id is not None]
    codes = session.exec(select(ComposedRole.code).where(col(ComposedRole.id).in_(ids))).first()
    values["composed"] = codes or ""
    return MembershipInput.model_construct(service_id=service_id, roles=roles, **values)


def _require_admin(actor: Actor, service_id: int) -> None:
    if not (actor.is_system or service_id in actor.services(Role.ADMIN)):
        raise Forbidden("Only an administrator of that service can do this.")
