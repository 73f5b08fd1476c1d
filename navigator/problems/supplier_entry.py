"""Table of what passed between us and a supplier about a problem: sent, acknowledged, promised, released."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of


class SupplierStep(StrEnum):
    """What happened: we sent or chased; they acknowledged, answered, promised a day or released a fix.

    `missed` is that a day which they promised passed; `failed` that somebody tried their fix in vain.
    """

    SENT = "sent"
    CHASED = "chased"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    PROMISED = "promised"
    MISSED = "missed"
    RELEASED = "released"
    FAILED = "failed"


MAILED = frozenset({SupplierStep.SENT, SupplierStep.CHASED})


class SupplierEntry(Table, table=True):
    """One step with the supplier of a problem: on which day, and who wrote it down: nobody is the desk.

    Of what was sent, `to_address`, `subject` and `body` are kept as they went; of an answer `body` is what
    they said. `due_on` is the day of a promise.
    """

    __tablename__ = "supplierentry"
    __table_args__ = (one_of("kind", SupplierStep),)

    id: int = Field(default=None, primary_key=True)
    problem_id: int = Field(foreign_key="problem.id", index=True)
    kind: str
    happened_on: date
    due_on: date | None = None
    to_address: str = ""
    subject: str = ""
    body: str = ""
    user_id: int | None = Field(default=None, foreign_key="user.id")
    created_at: datetime = Field(default_factory=now)
