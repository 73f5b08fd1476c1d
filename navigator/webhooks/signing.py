"""Signatures of webhooks (Standard Webhooks, v1: HMAC-SHA256), and the secrets that make them.

At most two secrets of an endpoint are good at once, and each call is signed by both: whoever receives it
changes from one to the other without missing any.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence

from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Conflict, NotFound
from navigator.seal import SealBroken, seal, unseal
from navigator.webhooks.tables import WebhookSecret

PREFIX = "whsec_"
MOST = 2
_BYTES = 32


def make_secret(session: Session, endpoint_id: int) -> str:
    """Make a secret, shown this once; refused where two are good already."""
    if len(live_secrets(session, endpoint_id)) >= MOST:
        raise Conflict("Two secrets are good already. End the older one first.")
    secret = PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()
    session.add(WebhookSecret(endpoint_id=endpoint_id, sealed=seal(secret, _purpose(endpoint_id))))
    session.flush()
    return secret


def end_secret(session: Session, endpoint_id: int, id: int) -> None:
    """End a secret; the only one stays, or calls could not be believed."""
    live = live_secrets(session, endpoint_id)
    row = next((each for each in live if each.id == id), None)
    if row is None:
        raise NotFound("There is no such secret.")
    if len(live) == 1:
        raise Conflict("It is the only secret. Make another one first.")
    row.ended_at = clock.now()


def live_secrets(session: Session, endpoint_id: int) -> Sequence[WebhookSecret]:
    """The secrets that are good, the older one first."""
    is_live = col(WebhookSecret.ended_at).is_(None)
    query = select(WebhookSecret).where(WebhookSecret.endpoint_id == endpoint_id, is_live)
    return session.exec(query.order_by(col(WebhookSecret.id))).all()


def opened_secrets(session: Session, endpoint_id: int) -> list[bytes]:
    """The keys of the good secrets; those sealed under another secret of the installation are left out."""
    keys = []
    for row in live_secrets(session, endpoint_id):
        try:
            secret = unseal(row.sealed, _purpose(endpoint_id))
        except SealBroken:
            continue
        keys.append(base64.b64decode(secret.removeprefix(PREFIX)))
    return keys


def signature(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature by each key, with spaces between them."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digests = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return " ".join(f"v1,{digest}" for digest in digests)


def _purpose(endpoint_id: int) -> str:
    return f"webhook {endpoint_id}"
