"""TOTP (time-based one-time passwords): an authenticator app proposed, set up and checked.

A code counts in its own half minute and the one on either side, as clocks differ; and no code counts twice.
"""

from datetime import timedelta
from typing import NamedTuple

from pydantic import BaseModel, Field
from sqlmodel import Session, col, delete, update

from navigator import clock
from navigator.errors import Invalid
from navigator.people.factor_tables import Totp
from navigator.people.user import User
from navigator.seal import SealBroken, seal, unseal

ISSUER = "Navigator Desk"
STEP = timedelta(seconds=30)
WINDOW = 1
"""Steps before and after the present one whose codes count too: the clock of a phone may be wrong."""

PROPOSAL_LASTS = timedelta(minutes=30)
_WRONG = "This is not the code that the app shows now. Check that the clock of your phone is right."


class NewApp(BaseModel):
    """An authenticator app to set up: the proposal that was shown, and a code that the app shows."""

    proposal: str = Field(title="the page", max_length=1000)
    code: str = Field(title="the code that the app shows", max_length=100)


class Proposal(NamedTuple):
    """A secret that is proposed: sealed for the form, in letters, and as the address in a QR code."""

    sealed: str
    secret: str
    uri: str


def proposed(session: Session, user_id: int, sealed: str = "") -> Proposal:
    """What is proposed to somebody: what was before, or something new."""
    user = session.get_one(User, user_id)
    try:
        secret = secret_of(sealed, user_id)
    except Invalid:
        sealed = propose(user_id)
        secret = secret_of(sealed, user_id)
    return Proposal(sealed, secret, setup_uri(secret, user))


def propose(user_id: int) -> str:
    """A new secret, sealed for one person and a while: it goes with their form, and nothing is stored."""
    import pyotp  # by whoever sets one up: pages do without

    return seal(f"{int(clock.now().timestamp())} {pyotp.random_base32()}", _proposal(user_id))


def secret_of(proposal: str, user_id: int) -> str:
    """The secret in a proposal; Invalid for one that is too old, or was made for somebody else."""
    try:
        made, _, secret = unseal(proposal, _proposal(user_id)).partition(" ")
    except SealBroken:
        raise Invalid("This page was too old. Scan the new code.") from None
    if clock.now().timestamp() - int(made) > PROPOSAL_LASTS.total_seconds():
        raise Invalid("This page was too old. Scan the new code.")
    return secret


def setup_uri(secret: str, user: User) -> str:
    """The address that an authenticator app reads from a QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


def set_up(session: Session, user_id: int, proposal: str, code: str) -> None:
    """Store a proposed secret once the app has shown a code of it; that code counts no more."""
    secret = secret_of(proposal, user_id)
    step = _step_of(secret, "".join(code.split()))
    if step is None:
        raise Invalid("There is a problem", {"code": _WRONG})
    remove(session, user_id)
    session.add(Totp(user_id=user_id, sealed_secret=seal(secret, _purpose(user_id)), last_step=step))
    session.flush()


def is_right(session: Session, user_id: int, code: str) -> bool:
    """Whether a code is good now, and was not used before: it is used up by this."""
    row = session.get(Totp, user_id)
    try:
        step = _step_of(unseal(row.sealed_secret, _purpose(user_id)), code) if row else None
    except SealBroken:
        return False
    if step is None:
        return False
    is_unused = (col(Totp.user_id) == user_id, col(Totp.last_step) < step)
    return session.exec(update(Totp).where(*is_unused).values(last_step=step)).rowcount == 1


def remove(session: Session, user_id: int) -> bool:
    """Forget the secret of somebody's app; whether there was one."""
    return session.exec(delete(Totp).where(col(Totp.user_id) == user_id)).rowcount == 1


def _step_of(secret: str, code: str) -> int | None:
    """The step whose code this is, of those that count now."""
    import pyotp

    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(
            code, for_time=clock.now().timestamp(), valid_window=WINDOW
        )
    except pyotp.OTPVerificationError:
        return None


def _purpose(user_id: int) -> str:
    return f"authenticator app of user {user_id}"


def _proposal(user_id: int) -> str:
    return f"proposed authenticator app of user {user_id}"
