"""Server-side sessions of logged-in users."""

from datetime import datetime

from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class UserSession(Table, table=True):
    """A session of a user: the cookie holds the token, this row its hash."""

    __tablename__ = "login"

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime
