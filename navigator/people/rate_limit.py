"""Rate limit (throttling): hits are counted by a keyed hash, without storing who the caller was."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Index, inspect
from sqlmodel import Field, Session, col, update

from navigator import clock, database
from navigator.database import Table
from navigator.settings import settings

_START = datetime(2000, 1, 1, tzinfo=UTC)
_COUNTED = "counted"


class RateLimitCounter(Table, table=True):
    """The hits of one caller in one window of time."""

    __tablename__ = "throttle"

    __table_args__ = (Index(None, "window_at"),)

    key_hash: str = Field(primary_key=True)
    window_at: datetime = Field(primary_key=True)
    count: int = 0


@dataclass(frozen=True)
class Limit:
    """A rate limit: so many times in a fixed window, which begins on the clock and not at the first hit."""

    times: int
    per: timedelta


@dataclass(frozen=True)
class Counted:
    """How often a caller may still come, and in how many seconds the count begins anew."""

    limit: Limit
    left: int
    seconds_left: int


def hit(session: Session, bucket: str, caller: str, limit: Limit, at: datetime | None = None) -> bool:
    """Count one hit by a caller (an IP address, an account); False when the limit is exceeded.

    The count lives with the transaction: return the refusal, or raise it after the commit, to keep the count.
    """
    now = at or clock.now()
    begins_at = _window(limit, now)
    row = {"key_hash": _key(bucket, caller), "window_at": begins_at, "count": 1}
    count: int = database.ask(session, database.upsert(session, _count_one), **row).scalar_one()
    counted(session)[bucket] = Counted(
        limit, max(0, limit.times - count), ceil((begins_at + limit.per - now).total_seconds())
    )
    return count <= limit.times


def counted(session: Session) -> dict[str, Counted]:
    """What was counted in a session, by bucket; it can be read when the session has ended, too."""
    counts: dict[str, Counted] = session.info.setdefault(_COUNTED, {})
    return counts


def _count_one(insert: Callable[[Any], Any]) -> Any:
    table: Any = inspect(RateLimitCounter).local_table  # the ORM takes three times as long
    return (
        insert(table)
        .on_conflict_do_update(index_elements=["key_hash", "window_at"], set_={"count": table.c.count + 1})
        .returning(table.c.count)
    )


def is_used_up(session: Session, bucket: str, caller: str, limit: Limit) -> bool:
    """Whether one more hit would exceed the limit; nothing is counted."""
    row = session.get(RateLimitCounter, (_key(bucket, caller), _window(limit, clock.now())))
    return row is not None and row.count >= limit.times


def unhit(session: Session, bucket: str, caller: str, limit: Limit, at: datetime) -> None:
    """Uncount one hit, of that moment, that turned out to be legitimate."""
    session.exec(
        update(RateLimitCounter)
        .where(
            col(RateLimitCounter.key_hash) == _key(bucket, caller),
            col(RateLimitCounter.window_at) == _window(limit, at),
            col(RateLimitCounter.count) > 0,
        )
        .values(count=col(RateLimitCounter.count) - 1)
    )


def _key(bucket: str, caller: str) -> str:
    # Keyed: there are few enough addresses in the world to find one back from a plain hash.
    secret = settings().signing_key().encode()
    return hmac.digest(secret, f"{bucket}\n{caller}".encode("utf-8", "replace"), "sha256").hex()


def _window(limit: Limit, at: datetime) -> datetime:
    return at - (at - _START) % limit.per
