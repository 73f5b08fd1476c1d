"""Server-side sessions of logged-in users."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class UserSession(Table, table=True):
    """A session of a user: the cookie holds the token, this row its hash.

    `provider_id` is the provider that they logged in by, `log_out_url` where they log out there too.
    """

    __tablename__ = "login"

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime
    provider_id: int | None = Field(default=None, foreign_key="loginprovider.id")
    log_out_url: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
