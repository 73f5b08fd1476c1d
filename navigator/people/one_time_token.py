"""One-time tokens for invitations and password resets: valid once and for a while."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from navigator.database import Table, one_of


class TokenPurpose(StrEnum):
    """What a one-time token is for."""

    INVITE = "invite"
    RESET = "reset"


class OneTimeToken(Table, table=True):
    """A one-time token for an invitation or a password reset: using it deletes it."""

    __tablename__ = "oneuselink"

    __table_args__ = (one_of("purpose", TokenPurpose),)

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    purpose: str
    expires_at: datetime
