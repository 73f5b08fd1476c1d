"""Logging in and out: sessions kept on the server, throttled, with one answer for every wrong try.

`log_in` opens its own transactions: a password is checked between two of them and never inside one.
"""

from datetime import timedelta
from itertools import groupby
from types import MappingProxyType

from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select

from navigator import clock, database
from navigator.errors import Invalid, TooMany
from navigator.people import passwords, rate_limit, tokens
from navigator.people.actor import Actor
from navigator.people.rate_limit import Limit
from navigator.people.user import Membership, Role, User
from navigator.people.user_session import UserSession

LASTS = timedelta(hours=12)
"""How long a log-in lives, used or not: the longest working day."""

PER_ACCOUNT = Limit(10, timedelta(minutes=15))
PER_ADDRESS = Limit(100, timedelta(minutes=15))
"""A whole clinic may share one address; only tries that fail are counted in the end."""


class Credentials(BaseModel):
    """What somebody types to log in."""

    email: str = Field(title="your email address", max_length=1000)
    password: SecretStr = Field(title="your password", max_length=1000)


def log_in(typed: Credentials, address: str) -> str:
    """A new log-in's token, for the right email address and password sent from an internet address."""
    email = typed.email.strip().lower()
    with database.writing() as session:
        allowed = _count(session, email, address)
        kept = session.exec(select(User.password_hash).where(User.email == email, User.is_active)).first()
    if not allowed:
        raise TooMany("You have tried too many times. Wait 15 minutes, then try again.")
    matches, better = passwords.verify(typed.password, kept)
    if not matches:
        raise Invalid("Your email address or password is not right. Check them and try again.")
    with database.writing() as session:
        token = _begin(session, email, kept, better)
        _uncount(session, email, address)
    return token


def _count(session: Session, email: str, address: str) -> bool:
    by_account = rate_limit.hit(session, "log-in account", email, PER_ACCOUNT)
    by_address = rate_limit.hit(session, "log-in address", address, PER_ADDRESS)
    return by_account and by_address


def _uncount(session: Session, email: str, address: str) -> None:
    rate_limit.unhit(session, "log-in account", email, PER_ACCOUNT)
    rate_limit.unhit(session, "log-in address", address, PER_ADDRESS)


def _begin(session: Session, email: str, kept: str | None, better: str | None) -> str:
    # Whoever was sent away, or changed the password, while this one was being checked stays out.
    still_right = select(User).where(User.email == email, User.is_active, User.password_hash == kept)
    user = session.exec(still_right).first()
    if user is None:
        raise Invalid("Your email address or password is not right. Check them and try again.")
    user.password_hash = better or kept
    token = tokens.mint()
    session.add(UserSession(token_hash=tokens.hashed(token), user_id=user.id, expires_at=clock.now() + LASTS))
    return token


def whoami(session: Session, token: str) -> Actor | None:
    """The member of staff who carries this token, with their roles now; None if it is not good any more."""
    live = (UserSession.token_hash == tokens.hashed(token), UserSession.expires_at > clock.now())
    return _actor(session, col(User.id) == select(UserSession.user_id).where(*live).scalar_subquery())


def actor_of(session: Session, user_id: int) -> Actor | None:
    """An active user as somebody who acts; None for anybody else."""
    return _actor(session, col(User.id) == user_id)


def _actor(session: Session, who: ColumnElement[bool]) -> Actor | None:
    query = (
        select(User.id, User.name, Membership.service_id, Membership.role)
        .outerjoin(Membership, col(Membership.user_id) == col(User.id))
        .where(who, User.is_active)
        .order_by(col(Membership.service_id))
    )
    held = list(session.exec(query))
    if not held:
        return None
    by_service = groupby((row for row in held if row[3]), key=lambda row: row[2])
    roles = {service_id: frozenset(Role(row[3]) for row in rows) for service_id, rows in by_service}
    return Actor(name=held[0][1], user_id=held[0][0], roles=MappingProxyType(roles))


def log_out(session: Session, token: str) -> None:
    """End one log-in."""
    session.exec(delete(UserSession).where(col(UserSession.token_hash) == tokens.hashed(token)))


def end_all(session: Session, user_id: int | None, *, but: str = "") -> None:
    """End all log-ins of a user, but the one with this token."""
    mine = (col(UserSession.user_id) == user_id, col(UserSession.token_hash) != tokens.hashed(but))
    session.exec(delete(UserSession).where(*mine))
