"""Whose account claims lead to, and the roles that they give and take away there (just in time)."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from navigator import clock
from navigator.openid.claims import Identity
from navigator.openid.tables import LoginProvider
from navigator.people import login
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.provider_account import ProviderAccount
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions.staff import reassign_all
from navigator.tickets.notices import forget_leaver

Given = Mapping[int, frozenset[Role]]
"""The roles by service that claims give."""


class NoPlace(Exception):
    """Why somebody whom a provider knows is not let in, in words for them."""


def find_user(session: Session, provider: LoginProvider, identity: Identity, given: Given) -> User:
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
    is_it = (ProviderAccount.issuer == identity.issuer, ProviderAccount.subject == identity.subject)
    account = session.exec(select(ProviderAccount).where(*is_it)).one_or_none()
    if account is None:
        return None
    account.last_log_in_at = clock.now()
    return session.get_one(User, account.user_id)


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


def give_roles(session: Session, provider: LoginProvider, user: User, given: Given) -> None:
    """Give the roles that claims give, and end the memberships that claims gave and give no more."""
    rows = session.exec(select(Membership).where(Membership.user_id == user.id)).all()
    held = {(row.service_id, Role(row.role)) for row in rows}
    wanted = {(service_id, role) for service_id, roles in given.items() for role in roles}
    ended = [row for row in rows if row.provider_id == provider.id and _key(row) not in wanted]
    for row in ended:
        session.delete(row)
    for service_id, role in sorted(wanted - held):
        beside = next((row for row in rows if row.service_id == service_id), None)
        row = Membership(user_id=user.id, service_id=service_id, role=role, provider_id=provider.id)
        if beside:  # what is the same in all memberships of one service
            row.capacity, row.hours = beside.capacity, beside.hours
            row.programmes, row.languages = beside.programmes, beside.languages
        session.add(row)
    session.flush()
    _record(session, provider, user, {key[0] for key in wanted - held} | {row.service_id for row in ended})
    _hand_on(session, user, ended)


def _key(row: Membership) -> tuple[int, Role]:
    return row.service_id, Role(row.role)


def _record(session: Session, provider: LoginProvider, user: User, services: set[int]) -> None:
    for service_id in sorted(services):
        of_service = (Membership.user_id == user.id, Membership.service_id == service_id)
        roles = session.exec(select(Membership.role).where(*of_service).order_by(Membership.role)).all()
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
        login.end_sessions(session, user.id)
