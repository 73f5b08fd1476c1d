"""Log-in and log-out: server-side sessions, a rate limit, and one answer for every failed attempt.

`log_in` opens its own transactions: a password is checked between two of them and never inside one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import ColumnElement, bindparam, null
from sqlmodel import Session, and_, col, delete, select

from navigator import clock, database
from navigator.errors import Invalid, TooMany
from navigator.people import audit_spool, passwords, rate_limit, tokens
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.audit_log import Act, record
from navigator.people.rate_limit import Limit
from navigator.people.user import Membership, Role, User
from navigator.people.user_session import UserSession

SESSION_LIFETIME = timedelta(hours=12)
"""How long a session lasts, used or not, unless somebody says that they are still there."""

LONGEST_SESSION = timedelta(hours=24)
"""How long one lasts at most: then the password is asked for again."""

PER_ACCOUNT = Limit(10, timedelta(minutes=15))
PER_ADDRESS = Limit(100, timedelta(minutes=15))
"""A whole clinic may share one IP address; only failed attempts are counted in the end."""


class Credentials(BaseModel):
    """The log-in form: email address and password."""

    email: str = Field(title="your email address", max_length=1000)
    password: SecretStr = Field(title="your password", max_length=1000)


def log_in(credentials: Credentials, client_ip: str) -> str:
    """Authenticate by email address and password, and return the token of a new session."""
    email, now = credentials.email.strip().lower(), clock.now()
    with database.writing() as session:
        allowed = _hit_limits(session, email, client_ip, now)
        password_hash = session.exec(
            select(User.password_hash).where(User.email == email, User.is_active)
        ).first()
    if not allowed:
        audit_spool.note(ANONYMOUS, Act.LOG_IN_FAILED, "Tried too often: not let try", address=client_ip)
        raise TooMany("You have tried too many times. Wait 15 minutes, then try again.")
    matches, new_hash = passwords.verify(credentials.password, password_hash)
    if not matches:
        _record_failure(email, client_ip)
        raise Invalid("Your email address or password is not right. Check them and try again.")
    with database.writing() as session:
        token = _create_session(session, email, password_hash, new_hash)
        record(session, account_of(session, email), Act.LOGGED_IN, address=client_ip)
        _unhit_limits(session, email, client_ip, now)
    return token


def _record_failure(email: str, client_ip: str) -> None:
    """Write down whose account was tried; never what was typed and is no account: it may be a password."""
    with database.writing() as session:
        account = account_of(session, email)
        title = "" if account.user_id else "No such account"
        record(session, account, Act.LOG_IN_FAILED, title, address=client_ip)


def account_of(session: Session, email: str) -> Actor:
    """Whose account has this email address, without roles: whom the audit log names; else nobody."""
    user = session.exec(select(User).where(User.email == email)).first()
    return Actor(name=user.name, user_id=user.id) if user else ANONYMOUS


def _hit_limits(session: Session, email: str, client_ip: str, at: datetime) -> bool:
    by_account = rate_limit.hit(session, "log-in account", email, PER_ACCOUNT, at)
    by_address = rate_limit.hit(session, "log-in address", client_ip, PER_ADDRESS, at)
    return by_account and by_address


def _unhit_limits(session: Session, email: str, client_ip: str, at: datetime) -> None:
    rate_limit.unhit(session, "log-in account", email, PER_ACCOUNT, at)
    rate_limit.unhit(session, "log-in address", client_ip, PER_ADDRESS, at)


def _create_session(session: Session, email: str, password_hash: str | None, new_hash: str | None) -> str:
    # Whoever was deactivated, or changed the password, while this one was being checked stays out.
    unchanged_user = select(User).where(
        User.email == email, User.is_active, User.password_hash == password_hash
    )
    user = session.exec(unchanged_user).first()
    if user is None:
        raise Invalid("Your email address or password is not right. Check them and try again.")
    user.password_hash = new_hash or password_hash
    token = tokens.mint()
    session.add(
        UserSession(
            token_hash=tokens.hashed(token), user_id=user.id, expires_at=clock.now() + SESSION_LIFETIME
        )
    )
    return token


def whoami(session: Session, token: str) -> Actor | None:
    """The member of staff whose session has this token, with their roles now; None if it has ended."""
    return _actor(session, _BY_TOKEN, token_hash=tokens.hashed(token), now=clock.now())


def _is_live(token: str) -> ColumnElement[bool]:
    is_it = col(UserSession.token_hash) == tokens.hashed(token)
    return and_(is_it, col(UserSession.expires_at) > clock.now())


def extend(session: Session, token: str) -> datetime | None:
    """Let a session last as long as a new one, within what one lasts at most; when it ends now."""
    row = session.exec(select(UserSession).where(_is_live(token))).first()
    if row is None:
        return None
    until = min(clock.now() + SESSION_LIFETIME, row.created_at + LONGEST_SESSION)
    row.expires_at = max(row.expires_at, until)
    return row.expires_at


def actor_of(session: Session, user_id: int) -> Actor | None:
    """The actor of an active user; None for anybody else."""
    return _actor(session, _BY_ID, id_of_user=user_id)


# Every request of staff asks this: it is put together once.
_MEMBERSHIPS: Any = (  # sqlmodel knows no more than four columns
    select(User.id, User.name, Membership.service_id, Membership.role)
    .add_columns(col(User.uses_single_keys))
    .outerjoin(Membership, col(Membership.user_id) == col(User.id))
    .where(col(User.is_active))
    .order_by(col(Membership.service_id))
)
_BY_TOKEN = (
    _MEMBERSHIPS.add_columns(UserSession.expires_at)
    .join(UserSession, col(UserSession.user_id) == col(User.id))
    .where(
        col(UserSession.token_hash) == bindparam("token_hash"),
        col(UserSession.expires_at) > bindparam("now"),
    )
)
_BY_ID = _MEMBERSHIPS.add_columns(null()).where(col(User.id) == bindparam("id_of_user"))


def _actor(session: Session, query: Any, **parameters: Any) -> Actor | None:
    memberships: Sequence[Any] = database.ask(session, query, **parameters).all()
    if not memberships:
        return None
    by_service = groupby((row for row in memberships if row[3]), key=lambda row: row[2])
    roles = {service_id: frozenset(Role(row[3]) for row in rows) for service_id, rows in by_service}
    user_id, name, _, _, uses_single_keys, log_in_ends_at = memberships[0]
    return Actor(
        name=name,
        user_id=user_id,
        roles=MappingProxyType(roles),
        log_in_ends_at=log_in_ends_at,
        uses_single_keys=uses_single_keys,
    )


def log_out(session: Session, token: str) -> None:
    """Log out: end one session."""
    if actor := whoami(session, token):
        record(session, actor, Act.LOGGED_OUT)
    session.exec(delete(UserSession).where(col(UserSession.token_hash) == tokens.hashed(token)))


def end_sessions(session: Session, user_id: int | None, *, except_token: str = "") -> None:
    """End all sessions of a user, except the one with this token."""
    others = (col(UserSession.user_id) == user_id, col(UserSession.token_hash) != tokens.hashed(except_token))
    session.exec(delete(UserSession).where(*others))
