"""Recovery codes: ten that each stand for a second factor once, kept as keyed hashes."""

import hmac
import secrets
from collections.abc import Sequence

from sqlmodel import Session, col, delete, func, select, update

from navigator import clock
from navigator.people.factor_tables import RecoveryCode
from navigator.settings import settings

HOW_MANY = 10
FEW = 3
"""So many left, or fewer, and their owner is told to make new ones."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that looks like another."""
LENGTH = 12
"""Of 31 letters each: 59 bits, which nobody guesses within ten tries."""


def make(session: Session, user_id: int) -> Sequence[str]:
    """Ten new codes, which are shown once; those before them count no more."""
    remove(session, user_id)
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    for code in codes:
        session.add(RecoveryCode(user_id=user_id, code_hash=_hashed(user_id, code)))
    session.flush()
    return ["-".join(code[at : at + 4] for at in range(0, LENGTH, 4)) for code in codes]


def use(session: Session, user_id: int, typed: str) -> bool:
    """Whether this is a code of theirs that was not used: used up by this, however many come at once."""
    code_hash = _hashed(user_id, _plain(typed))
    is_it = (col(RecoveryCode.code_hash) == code_hash, col(RecoveryCode.used_at).is_(None))
    return session.exec(update(RecoveryCode).where(*is_it).values(used_at=clock.now())).rowcount == 1


def count_left(session: Session, user_id: int) -> int:
    """How many of somebody's codes were not used."""
    left = (RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))
    return session.exec(select(func.count()).select_from(RecoveryCode).where(*left)).one()


def remove(session: Session, user_id: int) -> None:
    """Forget somebody's codes."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))


def looks_like_one(typed: str) -> bool:
    """Whether this is a recovery code by its length, and no code of an app."""
    return len(_plain(typed)) == LENGTH


def _plain(typed: str) -> str:
    return "".join(sign for sign in typed.lower() if sign.isalnum())


def _hashed(user_id: int, code: str) -> str:
    # Keyed: whoever has the database alone cannot try all codes against it.
    words = f"recovery code of {user_id}\n{code}".encode("utf-8", "replace")
    return hmac.digest(settings().signing_key().encode(), words, "sha256").hex()
