"""Audit log of settings and accounts: who changed what, when, and the value before."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session

from navigator.clock import now
from navigator.database import Table
from navigator.people.actor import Actor


class AuditEntry(Table, table=True):
    """One audit entry; `before` and `after` are values of a setting, None where there was none."""

    __tablename__ = "change"

    id: int = Field(default=None, primary_key=True)
    created_at: datetime = Field(default_factory=now, sa_column_kwargs={"name": "at"})
    actor_id: int | None = Field(default=None, foreign_key="user.id")
    actor_name: str
    service_id: int | None = Field(default=None, foreign_key="service.id", index=True)
    subject: str
    key: str
    title: str
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    undoes: int | None = Field(default=None, foreign_key="change.id")


def record_change(session: Session, actor: Actor, service_id: int | None, subject: str, title: str) -> None:
    """Write an audit entry for a change that cannot be undone by a button; of no service, if all share it."""
    actor_columns: dict[str, Any] = {"actor_id": actor.user_id, "actor_name": actor.name}
    session.add(AuditEntry(**actor_columns, service_id=service_id, subject=subject, key="", title=title))
