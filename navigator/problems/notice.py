"""Public notices: what everybody may read of a problem, state by state, and of work that is planned."""

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import JSON
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of, partial_index
from navigator.problems.problem import ProblemStatus

S = ProblemStatus


class PublicState(StrEnum):
    """The state of an incident, or of maintenance, as status pages name it."""

    PLANNED = "planned"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


STATE_OF = MappingProxyType(
    {
        S.OPEN: PublicState.INVESTIGATING,
        S.KNOWN_ERROR: PublicState.IDENTIFIED,
        S.WITH_SUPPLIER: PublicState.IDENTIFIED,
        S.FIX_PLANNED: PublicState.IDENTIFIED,
        S.RELEASED: PublicState.MONITORING,
        S.CLOSED: PublicState.RESOLVED,
    }
)
"""How everybody sees the status of a problem: a notice and the status never say two things."""

STATUS_FOR = MappingProxyType(
    {
        PublicState.INVESTIGATING: S.OPEN,
        PublicState.IDENTIFIED: S.KNOWN_ERROR,
        PublicState.MONITORING: S.RELEASED,
        PublicState.RESOLVED: S.CLOSED,
    }
)


class ProblemNotice(Table, table=True):
    """A notice of a problem: written once, it leaves at `leaves_at` for everybody, and until then for nobody.

    `tickets` are those that its author saw before it was sent. Letters to subscribers are queued in pieces:
    `queued_to` is the last subscriber who has one.
    """

    __table_args__ = (
        one_of("state", PublicState),
        partial_index("ix_problemnotice_held", "leaves_at", where="published_at IS NULL"),
        partial_index("ix_problemnotice_queueing", "published_at", where="letters_ended_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    problem_id: int = Field(foreign_key="problem.id", index=True)
    author_id: int | None = Field(default=None, foreign_key="user.id")
    state: str
    body: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    tickets: list[int] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = Field(default_factory=now)
    leaves_at: datetime = Field(default_factory=now)
    published_at: datetime | None = None
    queued_to: int = 0
    letters_ended_at: datetime | None = None
