"""Setting a password: by a one-use link after an invitation or when it is forgotten, or knowing the old one.

Like logging in, setting and changing open their own transactions: no password is hashed inside one.
"""

from datetime import timedelta

from pydantic import Field, SecretStr
from sqlmodel import Session, col, delete, select, update

from navigator import clock, database
from navigator.errors import Invalid, NotFound, NotLoggedIn, TooMany
from navigator.people import login, passwords, rate_limit, tokens
from navigator.people.actor import Actor
from navigator.people.one_time_token import OneTimeToken, TokenPurpose
from navigator.people.passwords import NewPassword
from navigator.people.user import User

GONE = "This link does not work any more. Ask for a new one."
LASTS = {TokenPurpose.INVITE: timedelta(days=7), TokenPurpose.RESET: timedelta(hours=1)}


class PasswordChange(NewPassword):
    """A new password, from somebody who knows the old one."""

    old: SecretStr = Field(title="your password now", max_length=1000)


def mint_token(session: Session, user_id: int, purpose: TokenPurpose) -> str:
    """The token of a new one-use link: made when its letter is written, so that no letter waits with it."""
    token = tokens.mint()
    kept, expires_at = tokens.hashed(token), clock.now() + LASTS[purpose]
    session.add(OneTimeToken(token_hash=kept, user_id=user_id, purpose=purpose, expires_at=expires_at))
    return token


def user_by_link(session: Session, token: str) -> User:
    """Whose link this is; a wrong, a used and an expired one are nobody's, all alike."""
    live = (OneTimeToken.token_hash == tokens.hashed(token), OneTimeToken.expires_at > clock.now())
    user = session.exec(select(User).join(OneTimeToken).where(*live, User.is_active)).one_or_none()
    if user is None:
        raise NotFound(GONE)
    return user


def set_password(token: str, typed: NewPassword) -> None:
    """Use a one-use link up; it ends every log-in and every other link of its user."""
    with database.reading() as session:
        user_by_link(session, token)
    kept = passwords.make_hash(typed.password)
    with database.writing() as session:
        _keep(session, _use_up(session, token), kept)


def _use_up(session: Session, token: str) -> int:
    user = user_by_link(session, token)
    used = session.exec(delete(OneTimeToken).where(col(OneTimeToken.token_hash) == tokens.hashed(token)))
    if used.rowcount == 0:  # somebody else had it a moment before
        raise NotFound(GONE)
    return user.id


def change_password(actor: Actor, typed: PasswordChange, token: str) -> None:
    """Change one's own password; the log-in with this token alone goes on."""
    with database.writing() as session:
        user = _me(session, actor)
        before = user.password_hash
        allowed = rate_limit.hit(session, "log-in account", user.email, login.PER_ACCOUNT)
    if not allowed:
        raise TooMany("You have tried too many times. Wait 15 minutes, then try again.")
    if not passwords.verify(typed.old, before)[0]:
        raise Invalid("There is a problem", {"old": "This is not your password now."})
    kept = passwords.make_hash(typed.password)
    with database.writing() as session:
        _keep(session, _me(session, actor).id, kept, but=token)


def _me(session: Session, actor: Actor) -> User:
    user = session.get(User, actor.user_id) if actor.user_id else None
    if user is None or not user.is_active:
        raise NotLoggedIn("Log in again.")
    return user


def _keep(session: Session, user_id: int, kept: str, but: str = "") -> None:
    session.exec(update(User).where(col(User.id) == user_id).values(password_hash=kept))
    login.end_all(session, user_id, but=but)
    delete_tokens(session, user_id)


def delete_tokens(session: Session, user_id: int) -> None:
    """End every invitation and reset of a user."""
    session.exec(delete(OneTimeToken).where(col(OneTimeToken.user_id) == user_id))
