"""Audit log: who did what, when: settings and accounts, log-ins, looks at tickets, exports, commands, keys.

It only grows: the database refuses to change or delete a row, and `audit_chain` seals each with a hash.
Whoever has a transaction calls `record`; what only looks, or has no transaction, `audit_spool.note`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, Session

from navigator import database
from navigator.clock import now
from navigator.database import Table, partial_index
from navigator.people.actor import Actor


class Act(StrEnum):
    """What was done; a new act needs no migration."""

    CHANGED = "changed"
    LOGGED_IN = "logged_in"
    LOG_IN_FAILED = "log_in_failed"
    LOGGED_OUT = "logged_out"
    PASSWORD = "password"  # noqa: S105 - the name of an act
    FACTOR = "factor"
    OPENED_TICKET = "opened_ticket"
    OPENED_FILE = "opened_file"
    OPENED_MAIL = "opened_mail"
    SET_ASIDE_MAIL = "set_aside_mail"
    OPENED_LINK = "opened_link"
    EXPORTED = "exported"
    COMMAND = "command"
    KEY_USED = "key_used"
    REFUSED = "refused"
    CUT = "cut"


class AuditEntry(Table, table=True):
    """One audit entry; `before` and `after` are values of a setting, None where there was none.

    `count` is how often it was done: calls with a key in an hour; of a cut, the position up to which rows
    were deleted. The service of `service_id` may have been deleted since. `position` and `hash` are those in
    the chain, empty until it is sealed, within seconds.
    """

    __tablename__ = "change"

    __table_args__ = (
        Index(None, "act", "id"),
        Index(None, "actor_id", "id"),
        Index(None, "at"),
        partial_index("ix_change_of_ticket", "ticket_number", "id", where="ticket_number IS NOT NULL"),
        partial_index("ix_change_unsealed", "id", where="position IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    created_at: datetime = Field(default_factory=now, sa_column_kwargs={"name": "at"})
    act: str = Field(default=Act.CHANGED, sa_column_kwargs={"server_default": text("'changed'")})
    actor_id: int | None = Field(default=None, foreign_key="user.id")
    key_id: int | None = None
    actor_name: str
    service_id: int | None = Field(default=None, index=True)
    ticket_number: int | None = None
    subject: str = ""
    key: str = ""
    title: str = ""
    address: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    count: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    undoes: int | None = None
    position: int | None = Field(default=None, unique=True)
    hash: str | None = None


def record_change(session: Session, actor: Actor, service_id: int | None, subject: str, title: str) -> None:
    """Write an audit entry for a change that cannot be undone by a button; of no service, if all share it."""
    record(session, actor, Act.CHANGED, title, service_id=service_id, subject=subject)


def record(session: Session, actor: Actor, act: Act, title: str = "", **columns: Any) -> None:
    """Write an audit entry in this transaction: `title` says it in words, without secrets and patients.

    Other columns by name: `service_id`, `ticket_number`, `address` (an internet address), `subject`, `count`.
    """
    who = {"actor_id": actor.user_id, "key_id": actor.key_id, "actor_name": actor.name}
    database.append(session, AuditEntry, act=act, title=title, **who, **columns)


def record_factor(session: Session, actor: Actor, title: str, **columns: Any) -> None:
    """Write an audit entry for a second factor: added, refused, removed, reset; by whom, in words."""
    record(session, actor, Act.FACTOR, title, **columns)
