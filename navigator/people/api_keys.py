"""API keys: another system that acts in one service with one role."""

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
    """A key by which another system acts in one service with one role."""

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
    """A new key, shown this once: only its hash is kept."""
    key = tokens.mint(PREFIX)
    kept = tokens.hashed(key)
    session.add(ApiKey(service_id=service_id, role=role, name=name, key_hash=kept, expires_at=expires_at))
    return key


def actor_for_key(session: Session, key: str) -> Actor | None:
    """Who acts by this key; None alike for wrong, expired and revoked."""
    return _actor(session, col(ApiKey.key_hash) == tokens.hashed(key))


def actor_of_key(session: Session, key_id: int) -> Actor | None:
    """A key that still lives as somebody who acts; None for any other."""
    return _actor(session, col(ApiKey.id) == key_id)


def _actor(session: Session, which: ColumnElement[bool]) -> Actor | None:
    lives = or_(col(ApiKey.expires_at).is_(None), col(ApiKey.expires_at) > clock.now())
    query = select(ApiKey).where(which, col(ApiKey.revoked_at).is_(None), lives)
    if (found := session.exec(query).one_or_none()) is None:
        return None
    roles = MappingProxyType({found.service_id: frozenset({Role(found.role)})})
    return Actor(name=found.name, key_id=found.id, roles=roles)


def revoke(session: Session, key_id: int) -> None:
    """End a key at once."""
    if (found := session.get(ApiKey, key_id)) is None:
        raise NotFound("There is no such key.")
    found.revoked_at = found.revoked_at or clock.now()
