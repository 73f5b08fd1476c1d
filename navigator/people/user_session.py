"""Server-side sessions of logged-in users."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class UserSession(Table, table=True):
    """A session of a user: the cookie holds the token, this row its hash.

    `device` is what the browser said of itself, in words; `locked_at` that its pages ask for the password;
    `confirmed_at` when its user last proved who they are, to change how they log in; `provider_id` is the
    provider that they logged in by, `log_out_url` where they log out there too; `address` is the internet
    address that they came from, shown to nobody but them, and gone with this row.
    """

    __tablename__ = "login"

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    device: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    created_at: datetime = Field(default_factory=now)
    used_at: datetime = Field(
        default_factory=now, sa_column_kwargs={"server_default": text("'1970-01-01 00:00:00'")}
    )
    locked_at: datetime | None = None
    confirmed_at: datetime | None = None
    expires_at: datetime
    provider_id: int | None = Field(default=None, foreign_key="loginprovider.id")
    address: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    log_out_url: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
