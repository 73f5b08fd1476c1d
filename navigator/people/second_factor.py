"""Second factors of a person: which there are, and whether one that is shown is right; tries are counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel, Field
from sqlmodel import Session

from navigator import clock
from navigator.people import passkeys, rate_limit, recovery_codes, totp
from navigator.people.actor import Actor
from navigator.people.audit_log import record_factor
from navigator.people.factor_tables import Passkey, Totp
from navigator.people.passkeys import PasskeyAnswer
from navigator.people.rate_limit import Limit
from navigator.people.user import User

PER_ACCOUNT = Limit(5, timedelta(minutes=15))
PER_DAY = Limit(30, timedelta(days=1))
"""Three of a million codes are good at a time: a year of all these tries finds one once in thirty."""

WRONG = "This code is not right, or was used before. Wait for the next one, or use a recovery code."
TOO_MANY = "You have tried too many times. Wait 15 minutes, then try again."
TOO_MANY_A_DAY = "There were too many tries today. Ask two of your administrators for a reset, or wait a day."
WRONG_PASSKEY = "This passkey was not right. Try again, or use another way."


class FactorCode(BaseModel):
    """A code of an authenticator app, or a recovery code."""

    code: str = Field(title="the code", max_length=100)


@dataclass(frozen=True)
class Factors:
    """The second factors of a person, as their own page and log-in show them."""

    totp: Totp | None
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def is_set_up(self) -> bool:
        """Whether there is one that asks at each log-in; recovery codes alone are none."""
        return self.totp is not None or bool(self.passkeys)

    @property
    def is_last(self) -> bool:
        """Whether there is one alone, so that taking it away leaves none."""
        return len(self.passkeys) + (self.totp is not None) == 1

    @property
    def has_few_codes(self) -> bool:
        """Whether it is time for new recovery codes."""
        return self.codes_left <= recovery_codes.FEW


def factors_of(session: Session, user_id: int) -> Factors:
    """The second factors of a person."""
    keys, codes_left = passkeys.passkeys_of(session, user_id), recovery_codes.count_left(session, user_id)
    return Factors(session.get(Totp, user_id), keys, codes_left)


def try_code(session: Session, user_id: int, typed: str) -> str:
    """Try a code, which is used up if it is right: why it is refused, or "".

    It is returned and not raised: the try counts, and so it must be committed.
    """
    if problem := _count(session, user_id):
        return problem
    if recovery_codes.looks_like_one(typed):  # alone they are no second factor
        is_right = factors_of(session, user_id).is_set_up and recovery_codes.use(session, user_id, typed)
    else:
        is_right = totp.is_right(session, user_id, "".join(typed.split()))
    return _judged(session, user_id, is_right, WRONG)


def try_passkey(session: Session, user_id: int, token_hash: str, answer: PasskeyAnswer) -> str:
    """Try what a passkey signed, whose challenge is used up by that: why it is refused, or ""."""
    if problem := _count(session, user_id):
        return problem
    is_right = passkeys.is_right(session, user_id, token_hash, answer)
    return _judged(session, user_id, is_right, WRONG_PASSKEY)


def _count(session: Session, user_id: int) -> str:
    is_few = rate_limit.hit(session, "second factor", str(user_id), PER_ACCOUNT)
    is_few_today = rate_limit.hit(session, "second factor of a day", str(user_id), PER_DAY)
    if not is_few_today:
        return TOO_MANY_A_DAY
    return "" if is_few else TOO_MANY


def _judged(session: Session, user_id: int, is_right: bool, refusal: str) -> str:
    if not is_right:
        user = session.get_one(User, user_id)
        record_factor(session, Actor(name=user.name, user_id=user_id), "Second step refused")
        return refusal
    now = clock.now()
    rate_limit.unhit(session, "second factor", str(user_id), PER_ACCOUNT, now)
    rate_limit.unhit(session, "second factor of a day", str(user_id), PER_DAY, now)
    return ""


def forget_all(session: Session, user_id: int) -> None:
    """Forget all second factors of a person, and their recovery codes."""
    totp.remove(session, user_id)
    passkeys.remove_all(session, user_id)
    recovery_codes.remove(session, user_id)
