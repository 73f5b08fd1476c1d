"""Idempotency keys: a repeated request gets the same answer; a key holds for one body and for a day.

A key is taken in the transaction of its request. Whoever repeats it meanwhile waits for that to end; when the
first one fails or dies, nothing is left of it, and the repeat is the first.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, delete, or_, update

from navigator import clock, database
from navigator.errors import Invalid
from navigator.settings import settings
from navigator.tickets.idempotency_key import IdempotencyKey

KEY_LASTS = timedelta(hours=24)

CREATED = 201


@dataclass(frozen=True)
class IdempotentRequest:
    """A request that named a key, by hashes: whose it is, and what it says."""

    caller_hash: str
    key: str
    body_hash: str


def idempotent_request(caller: str, key: str, body: str) -> IdempotentRequest:
    """A request of a caller (a key, or an address) with an idempotency key."""
    return IdempotentRequest(_keyed_hash(caller), key, _keyed_hash(body))


def _keyed_hash(text: str) -> str:
    # Not a plain hash: there are few enough addresses, and short enough bodies, to find one back from it.
    return hmac.digest(settings().signing_key().encode(), text.encode(), "sha256").hex()


def claim(session: Session, request: IdempotentRequest) -> dict[str, Any] | None:
    """Take the key of a request; None if it is the first, else the response to the first."""
    now = clock.now()
    # One without an answer was left behind by an earlier version of the desk, which committed it so.
    is_over = or_(col(IdempotencyKey.status).is_(None), col(IdempotencyKey.created_at) < now - KEY_LASTS)
    session.exec(delete(IdempotencyKey).where(*_is(request), is_over))
    insert = database.insert(session, IdempotencyKey)
    row = insert.values(
        caller_hash=request.caller_hash,
        key=request.key,
        body_hash=request.body_hash,
        at=now,
        answer={},
    )
    is_first = session.scalar(row.on_conflict_do_nothing().returning(IdempotencyKey.key)) is not None
    return None if is_first else _earlier_response(session, request)


def _is(request: IdempotentRequest) -> tuple[Any, Any]:
    return col(IdempotencyKey.caller_hash) == request.caller_hash, col(IdempotencyKey.key) == request.key


def _earlier_response(session: Session, request: IdempotentRequest) -> dict[str, Any]:
    stored = session.get_one(IdempotencyKey, (request.caller_hash, request.key))
    if stored.body_hash != request.body_hash:
        raise Invalid(
            "There is a problem", {"Idempotency-Key": "This key was used with another body. Use a new one."}
        )
    return stored.response


def store_response(session: Session, request: IdempotentRequest, response: dict[str, Any]) -> None:
    """Store the response, in the transaction that makes it true."""
    session.exec(update(IdempotencyKey).where(*_is(request)).values(status=CREATED, response=response))
