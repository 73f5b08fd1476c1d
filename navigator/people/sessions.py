"""Open sessions: locked, unlocked and confirmed, listed for their user, ended by them or an administrator."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import SecretStr
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select, update
from sqlmodel.sql.expression import SelectOfScalar

from navigator import clock, database
from navigator.errors import Conflict, NotFound
from navigator.people import directory, ended_sessions, login, second_factor, tokens
from navigator.people.access_rules import access_rules
from navigator.people.actor import Actor
from navigator.people.audit_log import Act, record, record_change
from navigator.people.user_session import UserSession

NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a session was used last."""

CONFIRMED_FOR = timedelta(minutes=10)
"""How long it counts that somebody proved who they are, to change how they log in."""

BOTH_AFTER = timedelta(hours=1)
"""So long after its last use a session is unlocked as one logs in: by both steps, where there are two."""

NO_CODE = "Enter the code of your authenticator app, or a recovery code"

BY_PROVIDER = "You logged in without a password, so none is taken here. Log in again the same way."


class OpenSession(NamedTuple):
    """A session as its user sees it: `key` names it in a form and opens nothing."""

    key: str
    device: str
    provider_id: int | None
    address: str
    is_locked: bool
    created_at: datetime
    used_at: datetime
    is_this: bool


@contextmanager
def noting_use() -> Iterator[list[str]]:
    """Keep at the end of a request, when it reads no more, that these sessions were used.

    A desk that cannot write is read all the same.
    """
    used: list[str] = []
    try:
        yield used
    finally:
        for token in used:
            with suppress(*database.STORAGE_DOWN), database.writing() as session:
                session.exec(update(UserSession).where(*_is(token)).values(used_at=clock.now()))


def is_to_be_noted(used_at: datetime) -> bool:
    """Whether a minute has passed since it was kept that a session is used."""
    return clock.now() - used_at >= NOTED_EVERY


def lock(session: Session, token: str) -> None:
    """Lock a session: until it is unlocked its token opens no page."""
    session.exec(update(UserSession).where(*_is(token)).values(locked_at=clock.now()))


def unlock(session: Session, token: str) -> None:
    """Unlock a session whose user has proved who they are."""
    session.exec(update(UserSession).where(*_is(token)).values(locked_at=None, used_at=clock.now()))


def needs_both(session: Session, user_id: int, token: str) -> bool:
    """Whether a session was left so long that the password alone unlocks it no more.

    Soon after, the password is enough: the second step was shown in this browser. Later somebody who saw it
    typed may sit there, such as who works at night.
    """
    used_at = session.exec(select(UserSession.used_at).where(*_is(token))).first()
    is_long = used_at is not None and clock.now() - used_at >= BOTH_AFTER
    return is_long and second_factor.factors_of(session, user_id).is_set_up


def unlock_by_password(user_id: int, password: SecretStr, token: str, code: str = "") -> str:
    """Unlock a session by the password of its user, and a code where it needs both: why not, or "".

    No password is checked inside a transaction. A code that was tried counts, and so is no error.
    """
    with database.reading() as session:
        is_needed = needs_both(session, user_id, token)
    if is_needed and not code:
        return NO_CODE
    _prove_password(user_id, password, token)
    with database.writing() as session:
        problem = second_factor.try_code(session, user_id, code) if is_needed else ""
        if not problem:
            unlock(session, token)
    return problem


def confirm_by_password(user_id: int, password: SecretStr, token: str) -> None:
    """Confirm a session by the password of its user; none is checked inside a transaction."""
    _prove_password(user_id, password, token)
    with database.writing() as session:
        confirm(session, token)


def _prove_password(user_id: int, password: SecretStr, token: str) -> None:
    """Check the password of a session that began by it: the provider of any other one proves who it is."""
    by_provider = select(UserSession.user_id).where(*_is(token), col(UserSession.provider_id).is_not(None))
    with database.reading() as session:
        is_by_provider = session.exec(by_provider).first() is not None
    if is_by_provider:
        raise Conflict(BY_PROVIDER)
    login.prove_password(user_id, password)


def confirm(session: Session, token: str) -> None:
    """Remember for a while that the user of a session has proved who they are."""
    session.exec(update(UserSession).where(*_is(token)).values(confirmed_at=clock.now()))


def is_confirmed(session: Session, token: str) -> bool:
    """Whether the user of a session proved who they are a short while ago."""
    is_recent = col(UserSession.confirmed_at) > clock.now() - CONFIRMED_FOR
    return session.exec(select(UserSession.user_id).where(*_is(token), is_recent)).first() is not None


def still_open(session: Session, token_hashes: Collection[str]) -> frozenset[str]:
    """Which of these sessions, by the hashes of their tokens, have neither ended nor are locked."""
    now, lock_minutes = clock.now(), access_rules(session).lock_minutes
    is_one = (col(UserSession.token_hash).in_(token_hashes), col(UserSession.expires_at) > now)
    used = select(UserSession.token_hash, UserSession.used_at).where(
        *is_one, col(UserSession.locked_at).is_(None)
    )
    return frozenset(one for one, at in session.exec(used) if not login.is_idle(at, lock_minutes, now))


def list_own(session: Session, actor: Actor, token: str) -> Sequence[OpenSession]:
    """The actor's own sessions that have not ended, this one first, then by when each was used last."""
    newest_first = (col(UserSession.used_at).desc(), col(UserSession.token_hash))
    rows = session.exec(_live(actor.user_id).order_by(*newest_first)).all()
    lock_minutes, now = access_rules(session).lock_minutes, clock.now()
    listed = [
        OpenSession(
            key=_key(row),
            device=row.device,
            provider_id=row.provider_id,
            address=row.address,
            is_locked=row.locked_at is not None or login.is_idle(row.used_at, lock_minutes, now),
            created_at=row.created_at,
            used_at=row.used_at,
            is_this=row.token_hash == tokens.hashed(token),
        )
        for row in rows
    ]
    return sorted(listed, key=lambda each: not each.is_this)


def end_one(session: Session, actor: Actor, key: str) -> None:
    """End one of the actor's own sessions."""
    found = next((row for row in session.exec(_live(actor.user_id)) if _key(row) == key), None)
    is_it = col(UserSession.token_hash) == (found.token_hash if found else "")
    if not ended_sessions.end(session, "Elsewhere, on one device", is_it):
        raise NotFound("That log-in has ended already.")


def end_own(session: Session, actor: Actor, *, except_token: str = "") -> None:
    """End all of the actor's own sessions, except the one with this token."""
    why = "Everywhere else" if except_token else "Everywhere"
    if not login.end_sessions(session, actor.user_id, why, except_token=except_token):
        record(session, actor, Act.LOGGED_OUT, why)


def count_of(session: Session, actor: Actor, user_id: int) -> int:
    """How many open sessions somebody has whom the actor administers."""
    directory.find(session, actor, user_id)
    return session.exec(select(func.count()).select_from(_live(user_id).subquery())).one()


def end_all_of(session: Session, actor: Actor, user_id: int) -> None:
    """Log somebody out everywhere, as an administrator of a service of theirs."""
    colleague = directory.find(session, actor, user_id)
    login.end_sessions(session, user_id, f"By an administrator, {actor.name}")
    for service_id in sorted(colleague.memberships):
        record_change(session, actor, service_id, "person", f"Logged out everywhere: {colleague.user.name}")


def end_begun_by(session: Session, provider_id: int | None) -> None:
    """End all sessions that began by a provider, or by a password where none is named."""
    why = "This way to log in was switched off or changed"
    ended_sessions.end(session, why, col(UserSession.provider_id) == provider_id)


def _live(user_id: int | None) -> SelectOfScalar[UserSession]:
    return select(UserSession).where(UserSession.user_id == user_id, UserSession.expires_at > clock.now())


def _is(token: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (col(UserSession.token_hash) == tokens.hashed(token), col(UserSession.expires_at) > clock.now())


def _key(row: UserSession) -> str:
    return tokens.hashed(f"key of {row.token_hash}")[:20]
