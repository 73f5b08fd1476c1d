"""One-time tokens: invitations and password resets, good once and for a while."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from navigator.database import Table, one_of


class TokenPurpose(StrEnum):
    """What a one-use link is good for."""

    INVITE = "invite"
    RESET = "reset"


class OneTimeToken(Table, table=True):
    """An invitation or a password reset, good once and for a while: using it deletes it."""

    __tablename__ = "oneuselink"

    __table_args__ = (one_of("purpose", TokenPurpose),)

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    purpose: str
    expires_at: datetime
