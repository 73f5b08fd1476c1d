"""Idempotency keys: a repeated request gets the same answer; a key holds for one body and for a day."""

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

KEY_LASTS = timedelta(hours=24)
CLAIM_TIMEOUT = timedelta(minutes=1)
"""A request that is not answered by then has died: its key may be used again."""

CREATED = 201


@dataclass(frozen=True)
class IdempotencyClaim:
    """A key that one request holds, or the response to an earlier request with it."""

    caller_hash: str
    key: str
    claimed_at: datetime
    response: dict[str, Any] | None = None


@contextmanager
def hold_key(caller: str, key: str, body: str) -> Iterator[IdempotencyClaim]:
    """Hold an idempotency key, in a transaction before the request's own; released if that one fails."""
    with database.writing() as session:
        claim = _claim(session, _keyed_hash(caller), key, _keyed_hash(body))
    try:
        yield claim
    except BaseException:
        with database.writing() as session:
            session.exec(delete(IdempotencyKey).where(_is_held(claim)))
        raise


def _keyed_hash(text: str) -> str:
    # Not a plain hash: there are few enough addresses, and short enough bodies, to find one back from it.
    return hmac.digest(settings().signing_key().encode(), text.encode(), "sha256").hex()


def _claim(session: Session, caller_hash: str, key: str, body_hash: str) -> IdempotencyClaim:
    is_key = and_(col(IdempotencyKey.caller_hash) == caller_hash, col(IdempotencyKey.key) == key)
    claim = IdempotencyClaim(caller_hash, key, clock.now())
    session.exec(delete(IdempotencyKey).where(is_key, _is_expired(claim.claimed_at)))
    try:
        with session.begin_nested():
            session.add(
                IdempotencyKey(
                    caller_hash=caller_hash, key=key, body_hash=body_hash, created_at=claim.claimed_at
                )
            )
    except IntegrityError:
        stored = session.get(IdempotencyKey, (caller_hash, key))
        return IdempotencyClaim(caller_hash, key, claim.claimed_at, _response_to_repeat(stored, body_hash))
    return claim


def _is_expired(now: datetime) -> ColumnElement[bool]:
    is_abandoned = and_(
        col(IdempotencyKey.status).is_(None), col(IdempotencyKey.created_at) < now - CLAIM_TIMEOUT
    )
    return or_(is_abandoned, col(IdempotencyKey.created_at) < now - KEY_LASTS)


def _response_to_repeat(stored: IdempotencyKey | None, body_hash: str) -> dict[str, Any]:
    if stored is not None and stored.body_hash != body_hash:
        raise Invalid(
            "There is a problem", {"Idempotency-Key": "This key was used with another body. Use a new one."}
        )
    if stored is None or stored.status is None:
        raise Conflict("The first request with this key is not answered yet. Try again in a moment.")
    return stored.response


def _is_held(claim: IdempotencyClaim) -> ColumnElement[bool]:
    """Whether a row is still this request's: another one may have taken the key over meanwhile."""
    return and_(
        col(IdempotencyKey.caller_hash) == claim.caller_hash,
        col(IdempotencyKey.key) == claim.key,
        col(IdempotencyKey.created_at) == claim.claimed_at,
        col(IdempotencyKey.status).is_(None),
    )


def store_response(session: Session, claim: IdempotencyClaim, response: dict[str, Any]) -> None:
    """Store the response, in the transaction that makes it true."""
    result = session.exec(
        update(IdempotencyKey).where(_is_held(claim)).values(status=CREATED, response=response)
    )
    if result.rowcount != 1:
        raise Conflict("This took too long and was not saved. Send it again.")
