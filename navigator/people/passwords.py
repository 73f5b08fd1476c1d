"""Passwords: strength estimation (zxcvbn) and argon2 hashing, too slow to ever run in a transaction."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from importlib.resources import files
from threading import BoundedSemaphore, Lock
from types import MappingProxyType
from typing import Annotated, Any

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import AfterValidator, BaseModel, Field, SecretStr

from navigator.errors import Invalid

MIN_LENGTH, MAX_LENGTH = 12, 200
DUMMY_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$tDigK0X0pScV2k/o2pnSHg$RS6xTFP3r6FelFWROZDbjTqA2yi7gP4tfvEOx5bcjnE"
)
"""Compared with for accounts that do not exist, so that these take as long; nobody gets in by it."""

MAX_SCORED = 32
"""Characters that are estimated: enough for any password to be strong, few enough to take no time."""

MIN_SCORE = 3
"""Of 0 to 4, as zxcvbn has it: 100 million guesses or more."""

SHORTEST_KNOWN = 3
"""Letters: shorter names stand by chance in any word."""

_OF_THE_DESK = ("navigator", "desk", "talking", "therapies", "national", "health", "service", "nhs")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ADVICE = "Three or four words that do not belong together make a good one."
_KNOWN = "It holds your name, your email address, or a name of your service or programme."
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "repeat": "It says the same thing again and again.",
        "sequence": "It holds letters or numbers in their order.",
        "spatial": "It holds keys that stand side by side.",
        "date": "It holds a date or a year.",
        "regex": "It holds a date or a year.",
        "dictionary": "It is a word or a name that many people use.",
    }
)

_ESTIMATING = Lock()  # the words that are forbidden for one person are kept in the package's own table
_COMMON = frozenset(files(__package__).joinpath("common_passwords.txt").read_text().split())
_HASHER = PasswordHash((Argon2Hasher(),))
_HASHING_SLOTS = BoundedSemaphore(2)  # each takes 64 MiB: a flood must not take the whole machine


def _check_strength(password: SecretStr) -> SecretStr:
    plain = _normalise(password)
    if len(plain) < MIN_LENGTH:
        raise ValueError(f"Password must be {MIN_LENGTH} characters or more.")
    if len(plain) > MAX_LENGTH:
        raise ValueError(f"Password must be {MAX_LENGTH} characters or fewer.")
    if problem := weakness(password):
        raise ValueError(problem)
    return password


def require_strong(password: SecretStr, known: Iterable[str]) -> None:
    """Refuse a password that is easy to guess for who knows these names and addresses."""
    if problem := weakness(password, known):
        raise Invalid("There is a problem", {"password": problem})


def weakness(password: SecretStr, known: Iterable[str] = ()) -> str:
    """Why a password is easy to guess, in words; empty if it is not.

    Known names and years add nothing to it: what is left without them must be hard to guess.
    """
    plain = _normalise(password).casefold()
    words = _words_of((*known, *_OF_THE_DESK))
    rest = _YEAR.sub("", _without(plain, words))
    score, patterns = _estimate(rest, sorted(words))
    if score >= MIN_SCORE and plain not in _COMMON:
        return ""
    is_known = _without(plain, words) != plain or {"user_inputs"} & patterns
    reasons = [_KNOWN] if is_known else [_REASONS[name] for name in _REASONS if name in patterns]
    return " ".join(["This password is too easy to guess.", *reasons[:1], _ADVICE])


def _words_of(texts: Iterable[str]) -> set[str]:
    words = (word for text in texts for word in re.split(r"[\W_]+", text.casefold()))
    return {word for word in words if len(word) >= SHORTEST_KNOWN}


def _without(plain: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        plain = plain.replace(word, "")
    return plain


def _estimate(plain: str, words: list[str]) -> tuple[int, set[str]]:
    """The score of a password, and the patterns and dictionaries that zxcvbn found in it."""
    if not plain:
        return 0, set()
    with _ESTIMATING:
        from zxcvbn import zxcvbn  # 12 MB, that a process in which nobody chooses a password does not pay

        estimate: dict[str, Any] = zxcvbn(plain[:MAX_SCORED], user_inputs=words)
    matches = estimate["sequence"]
    found = {match["pattern"] for match in matches} | {match.get("dictionary_name") for match in matches}
    return estimate["score"], found


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
