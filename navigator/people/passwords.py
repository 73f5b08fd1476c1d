"""Passwords: what makes a good one, and argon2, too slow to ever run in a transaction."""

import unicodedata
from importlib.resources import files
from threading import BoundedSemaphore
from typing import Annotated

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import AfterValidator, BaseModel, Field, SecretStr

SHORTEST, LONGEST = 12, 200
DUMMY_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$tDigK0X0pScV2k/o2pnSHg$RS6xTFP3r6FelFWROZDbjTqA2yi7gP4tfvEOx5bcjnE"
)
"""Compared with for accounts that do not exist, so that these take as long; nobody gets in by it."""

_COMMON = frozenset(files(__package__).joinpath("common_passwords.txt").read_text().split())
_HASHER = PasswordHash((Argon2Hasher(),))
_TURNS = BoundedSemaphore(2)  # each takes 64 MiB: a flood must not take the whole machine


def _good(password: SecretStr) -> SecretStr:
    plain = _plain(password)
    if len(plain) < SHORTEST:
        raise ValueError(f"Password must be {SHORTEST} characters or more.")
    if len(plain) > LONGEST:
        raise ValueError(f"Password must be {LONGEST} characters or fewer.")
    if plain.casefold() in _COMMON or len(set(plain)) == 1:
        raise ValueError("This password is too easy to guess. Choose another one.")
    return password


class NewPassword(BaseModel):
    """A password that somebody chooses."""

    password: Annotated[SecretStr, AfterValidator(_good)] = Field(title="a password")


def make_hash(password: SecretStr) -> str:
    """What is kept of a password."""
    with _TURNS:
        return _HASHER.hash(_plain(password))


def verify(password: SecretStr, kept: str | None) -> tuple[bool, str | None]:
    """Whether this is the password, and a better hash to keep if the way of hashing has moved on."""
    with _TURNS:
        matches, better = _HASHER.verify_and_update(_plain(password), kept or DUMMY_HASH)
    return matches and bool(kept), better if kept else None


def _plain(password: SecretStr) -> str:
    # The same characters, however a keyboard composes them and whatever a form trims.
    return unicodedata.normalize("NFKC", password.get_secret_value()).strip()
