"""The same answer to a request sent twice: a caller's key holds for one body and for a day."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, or_, update

from navigator import clock, database
from navigator.errors import Conflict, Invalid
from navigator.settings import settings
from navigator.tickets.idempotency_key import IdempotencyKey

KEPT_FOR = timedelta(hours=24)
LONGEST_FLIGHT = timedelta(minutes=1)
"""Whoever has not answered by then died on the way: the key may be used again."""

DONE = 201


@dataclass(frozen=True)
class IdempotencyClaim:
    """A key that one request holds, or the answer that an earlier one was given."""

    caller_hash: str
    key: str
    at: datetime
    answer: dict[str, Any] | None = None


@contextmanager
def hold_key(caller: str, key: str, body: str) -> Iterator[IdempotencyClaim]:
    """Hold a caller's key, in a transaction before the request's own; free again if that comes to nothing."""
    with database.writing() as session:
        claim = _claim(session, _keyed(caller), key, _keyed(body))
    try:
        yield claim
    except BaseException:
        with database.writing() as session:
            session.exec(delete(IdempotencyKey).where(_is_held(claim)))
        raise


def _keyed(text: str) -> str:
    # Not a plain hash: there are few enough addresses, and short enough bodies, to find one back from it.
    return hmac.digest(settings().signing_key().encode(), text.encode(), "sha256").hex()


def _claim(session: Session, caller_hash: str, key: str, body_hash: str) -> IdempotencyClaim:
    mine = and_(col(IdempotencyKey.caller_hash) == caller_hash, col(IdempotencyKey.key) == key)
    session.exec(delete(IdempotencyKey).where(mine, _is_over(clock.now())))
    claim = IdempotencyClaim(caller_hash, key, clock.now())
    try:
        with session.begin_nested():
            session.add(
                IdempotencyKey(caller_hash=caller_hash, key=key, body_hash=body_hash, created_at=claim.at)
            )
    except IntegrityError:
        kept = session.get(IdempotencyKey, (caller_hash, key))
        return IdempotencyClaim(caller_hash, key, claim.at, _answer(kept, body_hash))
    return claim


def _is_over(now: datetime) -> ColumnElement[bool]:
    lost = and_(col(IdempotencyKey.status).is_(None), col(IdempotencyKey.created_at) < now - LONGEST_FLIGHT)
    return or_(lost, col(IdempotencyKey.created_at) < now - KEPT_FOR)


def _answer(kept: IdempotencyKey | None, body_hash: str) -> dict[str, Any]:
    if kept is not None and kept.body_hash != body_hash:
        raise Invalid(
            "There is a problem", {"Idempotency-Key": "This key was used with another body. Use a new one."}
        )
    if kept is None or kept.status is None:
        raise Conflict("The first request with this key is not answered yet. Try again in a moment.")
    return kept.response


def _is_held(claim: IdempotencyClaim) -> ColumnElement[bool]:
    """Whether a row is still this request's: another one may have taken the key over meanwhile."""
    return and_(
        col(IdempotencyKey.caller_hash) == claim.caller_hash,
        col(IdempotencyKey.key) == claim.key,
        col(IdempotencyKey.created_at) == claim.at,
        col(IdempotencyKey.status).is_(None),
    )


def store_response(session: Session, claim: IdempotencyClaim, answer: dict[str, Any]) -> None:
    """Keep the answer, in the transaction that makes it true."""
    kept = session.exec(update(IdempotencyKey).where(_is_held(claim)).values(status=DONE, response=answer))
    if kept.rowcount != 1:
        raise Conflict("This took too long and was not saved. Send it again.")
