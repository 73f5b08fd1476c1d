"""Secrets that somebody carries: log-ins, private links and keys, kept here only as hashes.

A token is found by its hash. What the time of a look-up gives away is about the hash of a guess,
which nobody can steer, and never about a token: it is as good as a comparison in constant time.
"""

import hashlib
import secrets

BYTES = 32
"""256 random bits: not to be guessed, and a plain fast hash is enough to keep them."""


def mint(prefix: str = "") -> str:
    """A new random token that may stand in an address."""
    return prefix + secrets.token_urlsafe(BYTES)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
