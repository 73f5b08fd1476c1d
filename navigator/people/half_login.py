"""Half-done log-ins: the password was right, and the second factor is still to come in the same browser.

A browser holds their token in a cookie of its own. It opens the page of the second factor and, for whoever
must have one and has none, the page where one is set up; nothing else.
"""

from datetime import timedelta

from sqlmodel import Session, col, delete, select

from navigator import clock
from navigator.errors import NotLoggedIn
from navigator.people import tokens
from navigator.people.factor_tables import HalfLogin
from navigator.people.user import User

LASTS = timedelta(minutes=10)
_GONE = "This log-in took too long, or was finished before. Log in again."


def begin(session: Session, user_id: int) -> str:
    """The token of a half-done log-in."""
    token = tokens.mint()
    expires_at = clock.now() + LASTS
    session.add(HalfLogin(token_hash=tokens.hashed(token), user_id=user_id, expires_at=expires_at))
    return token


def user_of(session: Session, token: str) -> User | None:
    """Whose half-done log-in has this token; None if it took too long, or is none."""
    live = (HalfLogin.token_hash == tokens.hashed(token), HalfLogin.expires_at > clock.now())
    return session.exec(select(User).join(HalfLogin).where(*live, User.is_active)).one_or_none()


def take(session: Session, token: str) -> int:
    """End a half-done log-in, which is finished once: the id of its user."""
    user = user_of(session, token)
    gone = delete(HalfLogin).where(col(HalfLogin.token_hash) == tokens.hashed(token))
    if user is None or session.exec(gone).rowcount == 0:
        raise NotLoggedIn(_GONE)
    return user.id


def end(session: Session, token: str) -> None:
    """End a half-done log-in that nobody will finish."""
    session.exec(delete(HalfLogin).where(col(HalfLogin.token_hash) == tokens.hashed(token)))


def end_all(session: Session, user_id: int | None) -> None:
    """End all half-done log-ins of a person."""
    session.exec(delete(HalfLogin).where(col(HalfLogin.user_id) == user_id))
