"""Tables of OpenID Connect: the providers that people log in by, and the rules from claims to roles."""

from datetime import date

from sqlalchemy import JSON, UniqueConstraint, text
from sqlmodel import Field

from navigator.database import Table


class LoginProvider(Table, table=True):
    """A provider of OpenID Connect; its secret is sealed, and shown to nobody."""

    __tablename__ = "loginprovider"

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str = ""
    issuer: str = ""
    client_id: str = ""
    sealed_secret: str = ""
    scopes: str = ""
    name_claim: str = ""
    email_claim: str = ""
    verified_claim: str = ""
    is_active: bool = False
    makes_accounts: bool = False
    lets_invited_in: bool = False
    allows_private: bool = False
    owner: str = ""
    review_on: date | None = None


class LoginRule(Table, table=True):
    """Of whom a provider says that a claim has a value, those have these roles in a service.

    `composed` is the code of a composed role of that service; what it may do is what the service composed.
    """

    __tablename__ = "loginrule"
    __table_args__ = (UniqueConstraint("service_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    code: str
    title: str
    provider: str = ""
    claim: str = ""
    value: str = ""
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    composed: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
