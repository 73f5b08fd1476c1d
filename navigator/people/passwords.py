"""Passwords: strength validation and argon2 hashing, too slow to ever run in a transaction."""

import unicodedata
from importlib.resources import files
from threading import BoundedSemaphore
from typing import Annotated

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import AfterValidator, BaseModel, Field, SecretStr

MIN_LENGTH, MAX_LENGTH = 12, 200
DUMMY_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$tDigK0X0pScV2k/o2pnSHg$RS6xTFP3r6FelFWROZDbjTqA2yi7gP4tfvEOx5bcjnE"
)
"""Compared with for accounts that do not exist, so that these take as long; nobody gets in by it."""

_COMMON = frozenset(files(__package__).joinpath("common_passwords.txt").read_text().split())
_HASHER = PasswordHash((Argon2Hasher(),))
_HASHING_SLOTS = BoundedSemaphore(2)  # each takes 64 MiB: a flood must not take the whole machine


def _check_strength(password: SecretStr) -> SecretStr:
    plain = _normalise(password)
    if len(plain) < MIN_LENGTH:
        raise ValueError(f"Password must be {MIN_LENGTH} characters or more.")
    if len(plain) > MAX_LENGTH:
        raise ValueError(f"Password must be {MAX_LENGTH} characters or fewer.")
    if plain.casefold() in _COMMON or len(set(plain)) == 1:
        raise ValueError("This password is too easy to guess. Choose another one.")
    return password


class NewPassword(BaseModel):
    """A password that somebody chooses."""

    password: Annotated[SecretStr, AfterValidator(_check_strength)] = Field(title="a password")


def make_hash(password: SecretStr) -> str:
    """Hash a password."""
    with _HASHING_SLOTS:
        return _HASHER.hash(_normalise(password))


def verify(password: SecretStr, password_hash: str | None) -> tuple[bool, str | None]:
    """Whether the password matches the hash, and a new hash to store if the algorithm has moved on."""
    with _HASHING_SLOTS:
        matches, new_hash = _HASHER.verify_and_update(_normalise(password), password_hash or DUMMY_HASH)
    return matches and bool(password_hash), new_hash if password_hash else None


def _normalise(password: SecretStr) -> str:
    # The same characters, however a keyboard composes them and whatever a form trims.
    return unicodedata.normalize("NFKC", password.get_secret_value()).strip()
