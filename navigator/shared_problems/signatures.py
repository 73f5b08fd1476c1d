"""Ed25519 signatures of a feed, over its content in one canonical form: it may be carried anywhere."""

import base64
import binascii
import json
from typing import Any

from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Conflict, NotFound
from navigator.seal import SealBroken, seal, unseal
from navigator.shared_problems.tables import FeedKey

PURPOSE = "signatures of the feed of known problems"
EXTENSION = "_navigator_desk"
"""Where in a JSON Feed stands what is the desk's own: names of extensions begin with an underscore."""


def make_key(session: Session) -> FeedKey:
    """Make a pair of keys, by which the feed is signed from now on too."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    sealed = seal(_text(private.private_bytes_raw()), PURPOSE)
    key = FeedKey(public_key=_text(private.public_key().public_bytes_raw()), sealed_private_key=sealed)
    session.add(key)
    session.flush()
    return key


def live_keys(session: Session) -> list[FeedKey]:
    """The keys that sign, the desk's own first."""
    return [
        *session.exec(select(FeedKey).where(col(FeedKey.ended_at).is_(None)).order_by(col(FeedKey.id).desc()))
    ]


def end_key(session: Session, id: int) -> FeedKey:
    """Sign by a former key no more; the desk's own ends when there is a newer one."""
    keys = live_keys(session)
    key = next((key for key in keys if key.id == id), None)
    if key is None:
        raise NotFound("There is no such key.")
    if key is keys[0]:
        raise Conflict("This is the key of the desk. Make a new one first.")
    key.ended_at = clock.now()
    session.flush()
    return key


def sign(session: Session, feed: dict[str, Any]) -> dict[str, Any]:
    """The feed with a signature of each live key; without any, it is not to be shown."""
    keys = live_keys(session)
    feed[EXTENSION]["key"] = keys[0].public_key if keys else ""
    content = _canonical(feed)
    signatures = [{"key": key.public_key, "signature": _sign(key, content)} for key in keys]
    return feed | {EXTENSION: feed[EXTENSION] | {"signatures": signatures}}


def _sign(key: FeedKey, content: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        private = Ed25519PrivateKey.from_private_bytes(_bytes(unseal(key.sealed_private_key, PURPOSE)))
    except SealBroken:
        raise Conflict("The key of this desk cannot be opened. Make a new one.") from None
    return _text(private.sign(content))


def is_signed(feed: dict[str, Any], public_key: str) -> bool:
    """Whether a feed was signed by whoever has the private key to this public one."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        own = dict(feed[EXTENSION])
        signatures = {each["key"]: each["signature"] for each in own.pop("signatures")}
        key = Ed25519PublicKey.from_public_bytes(_bytes(public_key))
        key.verify(_bytes(signatures[public_key]), _canonical(feed | {EXTENSION: own}))
    except (InvalidSignature, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return False
    return True


def check_public_key(text: str) -> str:
    """A public key as it was typed; ValueError says to a person what is wrong with it."""
    try:
        is_key = len(_bytes(text)) == 32
    except ValueError:
        is_key = False
    if not is_key:
        raise ValueError("A public key has 44 signs and ends with =. Copy it from the other desk.")
    return text


def _canonical(feed: dict[str, Any]) -> bytes:
    """One form of what a feed says: keys in order, no blanks, ASCII."""
    return json.dumps(feed, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError from None
