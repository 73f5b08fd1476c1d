"""Private addresses of calendars (.ics feeds) of staff: made, listed and ended by them; kept as hashes."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, delete, func, select

from navigator.clock import now
from navigator.database import Table
from navigator.errors import Conflict, NotFound
from navigator.people import tokens
from navigator.people.actor import Actor

MOST = 5


class CalendarFeed(Table, table=True):
    """One private address; with `shows_own_words`, by what words its owner knows a patient is in it."""

    __tablename__ = "calendarfeed"

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    token_hash: str = Field(unique=True)
    shows_own_words: bool = False
    created_at: datetime = Field(default_factory=now)


def list_feeds(session: Session, actor: Actor) -> Sequence[CalendarFeed]:
    """The actor’s own addresses, oldest first."""
    query = select(CalendarFeed).where(CalendarFeed.user_id == actor.user_id)
    return session.exec(query.order_by(col(CalendarFeed.id))).all()


def make_feed(session: Session, actor: Actor, shows_own_words: bool) -> str:
    """Make one more address and return its token, which is shown once."""
    count = select(func.count()).where(CalendarFeed.user_id == actor.user_id)
    if actor.user_id is None or session.exec(count).one() >= MOST:
        raise Conflict(f"You have {MOST} addresses. End one that you do not need.")
    token = tokens.mint()
    session.add(
        CalendarFeed(user_id=actor.user_id, token_hash=tokens.hashed(token), shows_own_words=shows_own_words)
    )
    session.flush()
    return token


def end_feed(session: Session, actor: Actor, id: int) -> None:
    """End one of the actor’s own addresses."""
    feed = session.get(CalendarFeed, id)
    if feed is None or feed.user_id != actor.user_id:
        raise NotFound("That address has ended already.")
    session.delete(feed)


def end_all(session: Session, user_id: int) -> None:
    """End every address of somebody, so that none is there again if they come back."""
    session.exec(delete(CalendarFeed).where(col(CalendarFeed.user_id) == user_id))


def feed_by_token(session: Session, token: str) -> CalendarFeed | None:
    """The address with this token."""
    return session.exec(
        select(CalendarFeed).where(CalendarFeed.token_hash == tokens.hashed(token))
    ).one_or_none()
