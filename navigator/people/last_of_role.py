"""The last of a role: no administrator goes without another, no clinician or navigator without a warning."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Boolean, column, table
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from navigator.errors import Conflict
from navigator.people.password_setting import takes_passwords
from navigator.people.provider_account import ProviderAccount
from navigator.people.user import Membership, Role, User

NEEDED = (Role.CLINICIAN, Role.NAVIGATOR)
"""Roles without which a service takes no reports."""

# These are in the layers above.
_SERVICE = table("service", column("id"), column("name"))
_PROVIDER = table("loginprovider", column("issuer"), column("is_active", Boolean))
_NOT_CONFIRMED = "Name somebody else first, or confirm that reports stop."

_Lost = tuple[int, Role, User]


def require_others(
    session: Session,
    user_id: int,
    services: Collection[int],
    kept: Collection[Role] = (),
    *,
    is_confirmed: bool = False,
) -> None:
    """Refuse that a user loses all roles but the `kept` ones, where nobody else who can log in has them."""
    # Locked whole and in one order: of two who remove each other at once, one must fail.
    memberships = session.exec(_memberships(services).with_for_update(of=Membership)).all()
    can_log_in = who_can_log_in(session, [user for _, user in memberships])
    lost = list(_lost_with_user(memberships, user_id, kept, can_log_in))
    if any(role == Role.ADMIN for _, role, _ in lost):
        raise Conflict("Every service needs an administrator who can log in. Name another one first.")
    if lost and not is_confirmed:
        words = " ".join([*_in_words(session, lost), _NOT_CONFIRMED])
        raise Conflict("This must be confirmed.", {"confirm_last": words})


def warnings(session: Session, user_id: int, services: Collection[int]) -> Sequence[str]:
    """What would stop if a user left these services, in words that name them."""
    memberships = session.exec(_memberships(services)).all()
    can_log_in = who_can_log_in(session, [user for _, user in memberships])
    return list(_in_words(session, list(_lost_with_user(memberships, user_id, {Role.ADMIN}, can_log_in))))


def _memberships(services: Collection[int]) -> Select[Membership, User]:
    query = select(Membership, User).join(User, col(User.id) == col(Membership.user_id))
    needed = col(Membership.role).in_((Role.ADMIN, *NEEDED))
    return query.where(col(Membership.service_id).in_(services), needed).order_by(col(Membership.id))


def _lost_with_user(
    memberships: Sequence[tuple[Membership, User]],
    user_id: int,
    kept: Collection[Role],
    can_log_in: frozenset[int],
) -> Iterator[_Lost]:
    """The service and role of each membership that goes and leaves nobody who can log in."""
    others = {(row.service_id, row.role) for row, user in memberships if user.id in can_log_in - {user_id}}
    for row, user in memberships:
        role = Role(row.role)
        is_of_use = role == Role.ADMIN or user.id in can_log_in  # else there is nobody already
        if user.id == user_id and role not in kept and is_of_use and (row.service_id, role) not in others:
            yield row.service_id, role, user


def who_can_log_in(session: Session, users: Collection[User]) -> frozenset[int]:
    """Of these people, those who are active and have a password, or came in once by a provider that is on."""
    ids = {user.id for user in users if user.is_active}
    issuers = select(_PROVIDER.c.issuer).where(_PROVIDER.c.is_active)
    by_provider = select(ProviderAccount.user_id).where(
        col(ProviderAccount.user_id).in_(ids), col(ProviderAccount.issuer).in_(issuers)
    )
    by_password = takes_passwords(session)
    with_password = {user.id for user in users if by_password and user.password_hash is not None}
    came_in: set[int] = set(session.exec(by_provider).all())
    return frozenset(ids & (with_password | came_in))


def _in_words(session: Session, lost: Sequence[_Lost]) -> Iterator[str]:
    ids = {service_id for service_id, _, _ in lost}
    rows = session.execute(select(_SERVICE.c.id, _SERVICE.c.name).where(_SERVICE.c.id.in_(ids)))
    names = {row.id: row.name for row in rows}
    for id, role, user in lost:
        yield (
            f"{user.name} is the last {role} of {names[id]} who can log in. "
            f"Without one, {names[id]} takes no reports."
        )
