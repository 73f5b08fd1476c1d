"""Random tokens for sessions, private links and API keys, stored only as hashes.

A token is looked up by its hash. The time of a look-up gives away something about the hash of a guess,
which nobody can steer, and nothing about a token: it is as good as a comparison in constant time.
"""

import hashlib
import secrets

TOKEN_BYTES = 32
"""256 random bits: cannot be guessed, so that a plain fast hash is enough to store them."""


def mint(prefix: str = "") -> str:
    """A new random token, safe in a URL."""
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token: str) -> str:
    """The hash of a token, which is stored instead of it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
