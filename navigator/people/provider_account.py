"""Who somebody is for a provider of OpenID Connect: by issuer and subject, and nothing else from then on."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class ProviderAccount(Table, table=True):
    """The account of a user at a provider; `last_log_in_at` is when they came in by it."""

    __tablename__ = "provideraccount"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: int = Field(default=None, primary_key=True)
    provider_id: int = Field(foreign_key="loginprovider.id", index=True)
    issuer: str
    subject: str
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime = Field(default_factory=now)
    last_log_in_at: datetime = Field(default_factory=now)
