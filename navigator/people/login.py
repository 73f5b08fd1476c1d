"""Log-in and log-out: server-side sessions, a rate limit, and one answer for every failed attempt.

`log_in` opens its own transactions: a password is checked between two of them and never inside one.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import ColumnElement, bindparam, null
from sqlmodel import Session, and_, col, select

from navigator import clock, database
from navigator.errors import Invalid, NotLoggedIn, TooMany
from navigator.people import (
    audit_spool,
    ended_sessions,
    half_login,
    passwords,
    rate_limit,
    second_factor,
    tokens,
    unread_notices,
)
from navigator.people.access_rules import AccessRules, factor_due_on
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.audit_log import Act, record
from navigator.people.composed_role import ComposedRole
from navigator.people.password_setting import require_passwords
from navigator.people.rate_limit import Limit
from navigator.people.rights import roles_by_area
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


class Admission(NamedTuple):
    """What a right password led to: the token of a session or, before a second factor, of half a one."""

    token: str
    is_whole: bool
    factor_due_on: date | None = None
    """From which day they need a second factor, which they have not set up yet."""


def log_in(credentials: Credentials, client_ip: str, device: str = "") -> Admission:
    """Authenticate by email address and password, and begin a session, or half a log-in."""
    email, now = credentials.email.strip().lower(), clock.now()
    with database.writing() as session:
        require_passwords(session)
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
        require_passwords(session)
        user = _unchanged_user(session, email, password_hash, new_hash)
        _unhit_limits(session, email, client_ip, now)
        return _admit(session, user.id, device, client_ip)


def _admit(session: Session, user_id: int, device: str, client_ip: str) -> Admission:
    has_one = second_factor.factors_of(session, user_id).is_set_up
    due_on = None if has_one else factor_due_on(session, user_id)
    if has_one or (due_on and due_on <= clock.today()):
        return Admission(half_login.begin(session, user_id), is_whole=False)
    token = open_session(session, user_id, device, client_ip)
    return Admission(token, is_whole=True, factor_due_on=due_on)


def finish(session: Session, half_token: str, device: str = "", client_ip: str = "") -> str:
    """Finish a half-done log-in once, and return the token of a new session."""
    require_passwords(session)
    return open_session(session, half_login.take(session, half_token), device, client_ip)


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


def _unchanged_user(session: Session, email: str, password_hash: str | None, new_hash: str | None) -> User:
    # Whoever was deactivated, or changed the password, while this one was being checked stays out.
    unchanged_user = select(User).where(
        User.email == email, User.is_active, User.password_hash == password_hash
    )
    user = session.exec(unchanged_user).first()
    if user is None:
        raise Invalid("Your email address or password is not right. Check them and try again.")
    user.password_hash = new_hash or password_hash
    return user


def open_session(
    session: Session,
    user_id: int,
    device: str = "",
    client_ip: str = "",
    provider: tuple[int, str] | None = None,
) -> str:
    """The token of a new session of a user who has shown who they are, on a device in words.

    `provider` is the one that they came by, and the address where they log out of it too.
    """
    token, expires_at = tokens.mint(), clock.now() + SESSION_LIFETIME
    row = UserSession(token_hash=tokens.hashed(token), user_id=user_id, device=device, expires_at=expires_at)
    row.address = client_ip
    row.provider_id, row.log_out_url = provider or (None, "")
    session.add(row)
    user = session.get_one(User, user_id)
    record(session, Actor(name=user.name, user_id=user_id), Act.LOGGED_IN, address=client_ip)
    return token


def prove_password(user_id: int, password: SecretStr, field: str = "password") -> None:
    """Check the password of somebody who is logged in; tries count as those of log-ins do."""
    now = clock.now()
    with database.writing() as session:
        require_passwords(session)
        user = session.get(User, user_id)
        if user is None or not user.is_active:
            raise NotLoggedIn("Log in again.")
        email, password_hash, who = user.email, user.password_hash, Actor(name=user.name, user_id=user.id)
        allowed = rate_limit.hit(session, "log-in account", email, PER_ACCOUNT, now)
    if not allowed:
        audit_spool.note(who, Act.LOG_IN_FAILED, "Proving who it is: tried too often")
        raise TooMany("You have tried too many times. Wait 15 minutes, then try again.")
    if not passwords.verify(password, password_hash)[0]:
        audit_spool.note(who, Act.LOG_IN_FAILED, "Proving who it is", is_once=False)
        raise Invalid("There is a problem", {field: "This is not your password now."})
    with database.writing() as session:
        rate_limit.unhit(session, "log-in account", email, PER_ACCOUNT, now)


class Standing(NamedTuple):
    """How a session stands: whose it is, when it was used last, if its pages are locked, what is unread."""

    actor: Actor
    used_at: datetime
    is_locked: bool
    unread_notices: int


def whoami(session: Session, token: str) -> Actor | None:
    """The member of staff whose session has this token, with roles now; None if it ended or is locked."""
    standing = standing_of(session, token)
    return standing.actor if standing and not standing.is_locked else None


def standing_of(session: Session, token: str) -> Standing | None:
    """How the session with this token stands; None if it has ended."""
    return standing_and(session, token, BY_TOKEN)[0]


def standing_and(session: Session, token: str, statement: Any) -> tuple[Standing | None, Sequence[Any]]:
    """The same by `BY_TOKEN` with columns of somebody else’s, and what stands in those."""
    now = clock.now()
    rows: Sequence[Any] = database.ask(session, statement, token_hash=tokens.hashed(token), now=now).all()
    if not rows:
        return None, ()
    used_at, locked_at, lock_minutes, unread, *others = rows[0][7:]
    is_locked = locked_at is not None or is_idle(used_at, lock_minutes or 0, now)
    return Standing(_actor(rows, lock_minutes or 0), used_at, is_locked, unread), others


def is_idle(used_at: datetime, lock_minutes: int, now: datetime) -> bool:
    """Whether nobody used a session for so long that its pages are locked; never by a rule of 0 minutes."""
    return bool(lock_minutes) and now - used_at >= timedelta(minutes=lock_minutes)


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
    rows: Sequence[Any] = database.ask(session, _BY_ID, id_of_user=user_id).all()
    return _actor(rows) if rows else None


# Every request of staff asks this: it is put together once.
_MEMBERSHIPS: Any = (  # sqlmodel knows no more than four columns
    select(User.id, User.name, Membership.service_id, Membership.role)
    .add_columns(col(User.uses_single_keys), col(ComposedRole.rights))
    .outerjoin(Membership, col(Membership.user_id) == col(User.id))
    .outerjoin(ComposedRole, col(ComposedRole.id) == col(Membership.composed_role_id))
    .where(col(User.is_active))
    .order_by(col(Membership.service_id), col(Membership.id))
)
BY_TOKEN = (
    _MEMBERSHIPS.add_columns(UserSession.expires_at, UserSession.used_at, UserSession.locked_at)
    .add_columns(AccessRules.lock_minutes, unread_notices.count_of(User.id))
    .join(UserSession, col(UserSession.user_id) == col(User.id))
    .outerjoin(AccessRules, col(AccessRules.id) == 1)
    .where(
        col(UserSession.token_hash) == bindparam("token_hash"),
        col(UserSession.expires_at) > bindparam("now"),
    )
)
_BY_ID = _MEMBERSHIPS.add_columns(null()).where(col(User.id) == bindparam("id_of_user"))


def _actor(memberships: Sequence[Any], lock_minutes: int = 0) -> Actor:
    by_service = groupby((row for row in memberships if row[3]), key=lambda row: row[2])
    roles = {service_id: frozenset(Role(row[3]) for row in rows) for service_id, rows in by_service}
    rights = {row[2]: roles_by_area(row[5]) for row in memberships if row[5]}
    user_id, name, _, _, uses_single_keys, _, log_in_ends_at, *_ = memberships[0]
    return Actor(
        name=name,
        user_id=user_id,
        roles=MappingProxyType(roles),
        rights=MappingProxyType(rights),
        log_in_ends_at=log_in_ends_at,
        lock_minutes=lock_minutes,
        uses_single_keys=uses_single_keys,
    )


def log_out(session: Session, token: str) -> str:
    """Log out: end one session; returns where its provider lets somebody log out of it too, or ""."""
    is_it = col(UserSession.token_hash) == tokens.hashed(token)
    log_out_url = session.exec(select(UserSession.log_out_url).where(is_it)).first()
    ended_sessions.end(session, "", is_it)
    return log_out_url or ""


def end_sessions(session: Session, user_id: int | None, why: str, *, except_token: str = "") -> int:
    """End all sessions of a user and their half-done log-ins, except the session with this token; how many.

    `why` stands in the audit log, if any ended.
    """
    half_login.end_all(session, user_id)
    is_other = col(UserSession.token_hash) != tokens.hashed(except_token)
    return ended_sessions.end(session, why, col(UserSession.user_id) == user_id, is_other)
