"""Table of backup runs: each backup that was made by schedule, and each rehearsal of one, and how it went."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of


class RunKind(StrEnum):
    """What was done: a backup was made, or the newest one was restored beside and compared."""

    BACKUP = "backup"
    REHEARSAL = "rehearsal"


class BackupRun(Table, table=True):
    """One try at the backup or the rehearsal of a slot of time; `problem` says why it did not work.

    `file` is the name alone: where the folder lies is a setting of the machine. `deleted_at` is when the
    schedule let the file go.
    """

    __tablename__ = "backuprun"
    __table_args__ = (UniqueConstraint("kind", "slot_at", "attempt"), one_of("kind", RunKind))

    id: int = Field(default=None, primary_key=True)
    kind: str
    slot_at: datetime
    attempt: int
    began_at: datetime = Field(default_factory=now)
    ended_at: datetime | None = None
    file: str = ""
    size: int = Field(default=0, sa_type=BigInteger)
    problem: str = ""
    found: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    deleted_at: datetime | None = None

    @property
    def is_good(self) -> bool:
        """Whether it ended well."""
        return self.ended_at is not None and not self.problem
