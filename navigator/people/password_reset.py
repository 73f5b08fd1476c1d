"""Password reset and change: by a one-time token after an invitation or reset, or knowing the old password.

Like logging in, setting and changing open their own transactions: no password is hashed inside one.
"""

from collections.abc import Collection
from datetime import timedelta

from pydantic import Field, SecretStr
from sqlmodel import Session, col, delete, select, update

from navigator import clock, database
from navigator.errors import NotFound, NotLoggedIn
from navigator.people import login, passwords, tokens
from navigator.people.actor import Actor
from navigator.people.audit_log import Act, record
from navigator.people.one_time_token import OneTimeToken, TokenPurpose
from navigator.people.password_setting import require_passwords
from navigator.people.passwords import NewPassword
from navigator.people.user import User

INVALID_LINK = "This link does not work any more. Ask for a new one."
TOKEN_LIFETIMES = {TokenPurpose.INVITE: timedelta(days=7), TokenPurpose.RESET: timedelta(hours=1)}


class PasswordChange(NewPassword):
    """A password change: the new password, and the old one as proof."""

    old: SecretStr = Field(title="your password now", max_length=1000)


def mint_token(session: Session, user_id: int, purpose: TokenPurpose) -> str:
    """Create a one-time token: when its message is rendered, so that no queued message holds one."""
    token = tokens.mint()
    token_hash, expires_at = tokens.hashed(token), clock.now() + TOKEN_LIFETIMES[purpose]
    session.add(OneTimeToken(token_hash=token_hash, user_id=user_id, purpose=purpose, expires_at=expires_at))
    return token


def user_by_token(session: Session, token: str) -> User:
    """The user of a one-time token; wrong, used and expired ones are refused alike."""
    live = (OneTimeToken.token_hash == tokens.hashed(token), OneTimeToken.expires_at > clock.now())
    user = session.exec(select(User).join(OneTimeToken).where(*live, User.is_active)).one_or_none()
    if user is None:
        raise NotFound(INVALID_LINK)
    return user


def set_password(token: str, new_password: NewPassword, known: Collection[str] = ()) -> None:
    """Set a password with a one-time token; this ends all sessions and other tokens of the user.

    It must not be made of what is known: the user's name and address, and the names of the place."""
    with database.reading() as session:
        require_passwords(session)
        user = user_by_token(session, token)
        known, user_name = (user.name, user.email, *known), user.name
    passwords.require_strong(new_password.password, known)
    password_hash = passwords.make_hash(new_password.password)
    with database.writing() as session:
        user_id = _consume_token(session, token)
        _store_password(session, user_id, password_hash)
        owner = Actor(name=user_name, user_id=user_id)
        record(session, owner, Act.PASSWORD, "Chosen by a link from an email")


def _consume_token(session: Session, token: str) -> int:
    user = user_by_token(session, token)
    deleted = session.exec(delete(OneTimeToken).where(col(OneTimeToken.token_hash) == tokens.hashed(token)))
    if deleted.rowcount == 0:  # somebody else had it a moment before
        raise NotFound(INVALID_LINK)
    return user.id


def change_password(actor: Actor, change: PasswordChange, token: str, known: Collection[str] = ()) -> None:
    """Change one's own password; this ends all other sessions."""
    login.prove_password(actor.user_id or 0, change.old, field="old")
    with database.reading() as session:
        user = _own_user(session, actor)
        known = (user.name, user.email, *known)
    passwords.require_strong(change.password, known)
    password_hash = passwords.make_hash(change.password)
    with database.writing() as session:
        _store_password(session, _own_user(session, actor).id, password_hash, except_token=token)
        record(session, actor, Act.PASSWORD, "Changed")


def _own_user(session: Session, actor: Actor) -> User:
    user = session.get(User, actor.user_id) if actor.user_id else None
    if user is None or not user.is_active:
        raise NotLoggedIn("Log in again.")
    return user


def _store_password(session: Session, user_id: int, password_hash: str, except_token: str = "") -> None:
    session.exec(update(User).where(col(User.id) == user_id).values(password_hash=password_hash))
    why = "Their password was changed" if except_token else "Their password was chosen anew"
    login.end_sessions(session, user_id, why, except_token=except_token)
    delete_tokens(session, user_id)


def delete_tokens(session: Session, user_id: int) -> None:
    """Delete all one-time tokens of a user."""
    session.exec(delete(OneTimeToken).where(col(OneTimeToken.user_id) == user_id))
