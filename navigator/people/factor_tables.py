"""Tables of second factors: TOTP, passkeys, recovery codes, half-done log-ins, and what resets them."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, partial_index


class Totp(Table, table=True):
    """The secret that an authenticator app shares with the desk, sealed; no step of it counts twice."""

    user_id: int = Field(foreign_key="user.id", primary_key=True)
    sealed_secret: str
    last_step: int = 0
    created_at: datetime = Field(default_factory=now)


class Passkey(Table, table=True):
    """A passkey (WebAuthn credential): its public key, and how often its authenticator says it was used."""

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    name: str
    credential_id: str = Field(unique=True)
    public_key: str
    sign_count: int = 0
    transports: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(default_factory=now)
    used_at: datetime | None = None


class RecoveryCode(Table, table=True):
    """A code that stands for a second factor once: its keyed hash alone is stored."""

    __tablename__ = "recovery_code"

    code_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime = Field(default_factory=now)
    used_at: datetime | None = None


class HalfLogin(Table, table=True):
    """A log-in whose password was right and whose second factor is still to come: it opens nothing else."""

    __tablename__ = "half_login"

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime


class PasskeyChallenge(Table, table=True):
    """What a passkey must sign, once: for one log-in or half-done log-in, by the hash of its token."""

    __tablename__ = "passkey_challenge"

    token_hash: str = Field(primary_key=True)
    is_new: bool = Field(default=False, primary_key=True)
    challenge: str
    expires_at: datetime


class FactorReset(Table, table=True):
    """A reset of somebody's second factors that one administrator asks for and another confirms."""

    __tablename__ = "factor_reset"

    __table_args__ = (
        partial_index(
            "ix_factor_reset_open", "user_id", where="ended_at IS NULL AND confirmed_at IS NULL", unique=True
        ),
    )

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    asked_by: int = Field(foreign_key="user.id")
    reason: str
    asked_at: datetime = Field(default_factory=now)
    confirmed_by: int | None = Field(default=None, foreign_key="user.id")
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
