"""Problem records (ITIL): a known limitation of a programme, with its workaround and its supplier."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import false, text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of


class ProblemStatus(StrEnum):
    """The status of a problem."""

    OPEN = "open"
    KNOWN_ERROR = "known_error"
    WITH_SUPPLIER = "with_supplier"
    FIX_PLANNED = "fix_planned"
    RELEASED = "released"
    CLOSED = "closed"


class Problem(Table, table=True):
    """The cause of several tickets of one programme; `service_id` is the service that owns the problem.

    `known` to `actual` are what its supplier is sent. `severity` is that of the contract, 1 the worst.
    `missed_on` is the last day that they promised and that passed, so that each is missed once.
    `planned_from_at` and `planned_until_at` say that it is work which is planned, and when.
    """

    __table_args__ = (one_of("status", ProblemStatus),)

    id: int = Field(default=None, primary_key=True)
    version: int = 1
    service_id: int = Field(foreign_key="service.id", index=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    category: str
    title: str
    known: str = ""
    versions: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    steps: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    expected: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    actual: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    workaround: str = ""
    status: str = ProblemStatus.OPEN
    is_public: bool = False
    is_outage: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    supplier_reference: str = ""
    reported_to_supplier_on: date | None = None
    supplier_due_on: date | None = None
    severity: int | None = None
    acknowledged_on: date | None = None
    answered_on: date | None = None
    missed_on: date | None = None
    opened_by: int | None = Field(default=None, foreign_key="user.id")
    opened_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)
    released_at: datetime | None = None
    closed_at: datetime | None = None
    planned_from_at: datetime | None = None
    planned_until_at: datetime | None = None


class ProblemUpdate(Table, table=True):
    """An entry of a problem's history; a public one went to the reporters of all linked tickets."""

    id: int = Field(default=None, primary_key=True)
    problem_id: int = Field(foreign_key="problem.id", index=True)
    author_id: int | None = Field(default=None, foreign_key="user.id")
    body: str
    is_public: bool = False
    created_at: datetime = Field(default_factory=now, sa_column_kwargs={"name": "at"})
    recipients: int = Field(default=0, sa_column_kwargs={"name": "told"})
