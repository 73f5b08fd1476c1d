"""Whose account claims lead to, and the roles that they give and take away there (just in time)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from navigator import clock
from navigator.openid.claims import Given, Identity
from navigator.openid.tables import LoginProvider
from navigator.people import login
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.composed_role import ComposedRole
from navigator.people.provider_account import ProviderAccount
from navigator.people.user import ROLE_WORDS, Membership, Role, User
from navigator.tickets.actions.reassign import reassign_all
from navigator.tickets.notices import forget_leaver

GivenByService = Mapping[int, frozenset[Given]]
"""The roles by service that claims give, composed ones by their ids."""


class NoPlace(Exception):
    """Why somebody whom a provider knows is not let in, in words for them."""


def find_user(session: Session, provider: LoginProvider, identity: Identity, given: GivenByService) -> User:
    """The user of an identity: joined before, by a verified address, or new; refused without a place here."""
    user = _known_user(session, identity)
    account = None
    if user is None:
        user = _user_by_email(session, provider, identity, may_be_new=bool(given))
        account = ProviderAccount(
            provider_id=provider.id, issuer=identity.issuer, subject=identity.subject, user_id=user.id
        )
    if not user.is_active:
        raise NoPlace("Your account here is closed. Ask your administrator to invite you again.")
    if not given and not (provider.lets_invited_in and _is_invited(session, user)):
        raise NoPlace(_no_rule(provider))
    if account:
        session.add(account)
        session.flush()
    return user


def _known_user(session: Session, identity: Identity) -> User | None:
    account = session.exec(select(ProviderAccount).where(*_is_of(identity))).one_or_none()
    if account is None:
        return None
    account.last_log_in_at = clock.now()
    return session.get_one(User, account.user_id)


def _is_of(identity: Identity) -> tuple[ColumnElement[bool], ...]:
    return col(ProviderAccount.issuer) == identity.issuer, col(ProviderAccount.subject) == identity.subject


def _user_by_email(session: Session, provider: LoginProvider, identity: Identity, may_be_new: bool) -> User:
    if not identity.email:
        raise NoPlace(
            f"{provider.name} does not say that your email address was checked, so we cannot tell who you "
            "are here. Ask your administrator."
        )
    user = session.exec(select(User).where(User.email == identity.email)).one_or_none()
    if user is not None:
        return user
    if not (provider.makes_accounts and may_be_new):
        raise NoPlace(_no_rule(provider))
    user = User(name=identity.name, email=identity.email)
    session.add(user)
    session.flush()
    return user


def _no_rule(provider: LoginProvider) -> str:
    return f"{provider.name} knows you, but you have no place in a service here. Ask your administrator."


def _is_invited(session: Session, user: User) -> bool:
    by_hand = (Membership.user_id == user.id, col(Membership.provider_id).is_(None))
    return session.exec(select(Membership.id).where(*by_hand).limit(1)).first() is not None


def changes_nothing(
    session: Session, provider: LoginProvider, identity: Identity, given: GivenByService
) -> bool:
    """Whether somebody came by this identity before, and has just the roles that claims give."""
    is_theirs = (User.id == ProviderAccount.user_id, col(User.is_active))
    known = select(User.id).where(*is_theirs, *_is_of(identity))
    if (user_id := session.exec(known).one_or_none()) is None:
        return False
    rows = session.exec(select(Membership).where(Membership.user_id == user_id)).all()
    return not any(_difference(provider, rows, given))


def give_roles(session: Session, provider: LoginProvider, user: User, given: GivenByService) -> None:
    """Give the roles that claims give, and end the memberships that claims gave and give no more.

    Whoever has a composed role by a person keeps that one: nobody has two in a service.
    """
    rows = session.exec(select(Membership).where(Membership.user_id == user.id)).all()
    ended, new = _difference(provider, rows, given)
    for row in ended:
        session.delete(row)
    session.flush()  # a composed role goes before another takes its place
    for service_id, each in sorted(new, key=str):
        row = _new_row(user, service_id, each)
        row.provider_id = provider.id
        if beside := next((one for one in rows if one.service_id == service_id), None):
            row.capacity, row.hours = beside.capacity, beside.hours  # the same in all of one service
            row.programmes, row.languages = beside.programmes, beside.languages
        session.add(row)
    session.flush()
    _record(session, provider, user, {key[0] for key in new} | {row.service_id for row in ended})
    _hand_on(session, user, ended)


def _difference(
    provider: LoginProvider, rows: Sequence[Membership], given: GivenByService
) -> tuple[list[Membership], set[tuple[int, Given]]]:
    """The memberships that end, and the roles that are new, by service."""
    wanted = {(service_id, each) for service_id, several in given.items() for each in several}
    ended = [row for row in rows if row.provider_id == provider.id and _key(row) not in wanted]
    left = [row for row in rows if row not in ended]
    composed_in = {row.service_id for row in left if row.role == Role.COMPOSED}
    new = wanted - {_key(row) for row in left}
    return ended, {(id, each) for id, each in new if isinstance(each, Role) or id not in composed_in}


def _key(row: Membership) -> tuple[int, Given]:
    return row.service_id, row.composed_role_id or Role(row.role)


def _new_row(user: User, service_id: int, given: Given) -> Membership:
    if isinstance(given, Role):
        return Membership(user_id=user.id, service_id=service_id, role=given)
    return Membership(user_id=user.id, service_id=service_id, role=Role.COMPOSED, composed_role_id=given)


def _record(session: Session, provider: LoginProvider, user: User, services: set[int]) -> None:
    for service_id in sorted(services):
        of_service = (Membership.user_id == user.id, Membership.service_id == service_id)
        query = (
            select(Membership.role, ComposedRole.name)
            .where(*of_service)
            .order_by(Membership.role, col(Membership.id))
        )
        is_its = col(ComposedRole.id) == col(Membership.composed_role_id)
        roles = [
            name or ROLE_WORDS.get(Role(role), role)
            for role, name in session.exec(query.outerjoin(ComposedRole, is_its))
        ]
        title = f"Roles by {provider.name}: {user.name} ({', '.join(roles) or 'none'})"
        record_change(session, Actor(name=provider.name), service_id, "person", title)


def _hand_on(session: Session, user: User, ended: list[Membership]) -> None:
    """Hand on the tickets of somebody who is no navigator there any more; whoever left watches none."""
    services = {row.service_id for row in ended if row.role == Role.NAVIGATOR}
    if services:
        reassign_all(session, user.id, services)
    remaining = set(session.exec(select(Membership.service_id).where(Membership.user_id == user.id)))
    if left := {row.service_id for row in ended} - remaining:
        forget_leaver(session, user.id, left)


def turn_away(session: Session, provider: LoginProvider, identity: Identity) -> None:
    """Somebody whom no rule lets in any more: what claims gave them ends, and so do their sessions."""
    user = _known_user(session, identity)
    if user is not None:
        give_roles(session, provider, user, {})
        login.end_sessions(session, user.id, f"{provider.name} gives no place here any more")
