"""API keys: authentication of another system that acts in one service with one role."""

from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ColumnElement
from sqlmodel import Field, Session, col, or_, select

from navigator import clock
from navigator.clock import now
from navigator.database import Table, one_of
from navigator.errors import NotFound
from navigator.people import tokens
from navigator.people.actor import Actor
from navigator.people.user import Role

PREFIX = "ndk_"
"""Marks a key as ours, for people and for programs that look for leaked secrets."""


class ApiKey(Table, table=True):
    """An API key of another system, in one service with one role; stored as a hash."""

    __table_args__ = (one_of("role", Role),)

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    role: str
    name: str
    key_hash: str = Field(unique=True)
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


def create(
    session: Session, service_id: int, role: Role, name: str, expires_at: datetime | None = None
) -> str:
    """Create an API key and return it, shown this once: only its hash is stored."""
    key = tokens.mint(PREFIX)
    key_hash = tokens.hashed(key)
    session.add(ApiKey(service_id=service_id, role=role, name=name, key_hash=key_hash, expires_at=expires_at))
    return key


def actor_by_key(session: Session, key: str) -> Actor | None:
    """Authenticate by API key; None alike for wrong, expired and revoked."""
    return _actor(session, col(ApiKey.key_hash) == tokens.hashed(key))


def actor_by_key_id(session: Session, key_id: int) -> Actor | None:
    """The actor of a key that is neither expired nor revoked; None for any other."""
    return _actor(session, col(ApiKey.id) == key_id)


def _actor(session: Session, condition: ColumnElement[bool]) -> Actor | None:
    not_expired = or_(col(ApiKey.expires_at).is_(None), col(ApiKey.expires_at) > clock.now())
    query = select(ApiKey).where(condition, col(ApiKey.revoked_at).is_(None), not_expired)
    if (api_key := session.exec(query).one_or_none()) is None:
        return None
    roles = MappingProxyType({api_key.service_id: frozenset({Role(api_key.role)})})
    return Actor(name=api_key.name, key_id=api_key.id, roles=roles)


def revoke(session: Session, key_id: int) -> None:
    """Revoke an API key at once."""
    if (api_key := session.get(ApiKey, key_id)) is None:
        raise NotFound("There is no such key.")
    api_key.revoked_at = api_key.revoked_at or clock.now()
