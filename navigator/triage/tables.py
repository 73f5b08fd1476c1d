"""Tables of model versions and report vectors, without what reads texts: first pages do not wait for that."""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table

SHIPPED = 0
"""The version that ships with the desk: it has no row."""


class ModelVersion(Table, table=True):
    """One night's model: what it was trained on, and its accuracy on the newest tickets that were sorted."""

    number: int = Field(default=None, primary_key=True)
    made_at: datetime = Field(default_factory=now)
    sha256: str
    examples: int
    tickets: list[int] = Field(default_factory=list, sa_type=JSON)
    test_size: int = Field(sa_column_kwargs={"name": "tested"})
    accuracy_before: float = Field(sa_column_kwargs={"name": "right_before"})
    accuracy_after: float = Field(sa_column_kwargs={"name": "right_after"})
    gain_ci_low: float = Field(sa_column_kwargs={"name": "gain_low"})
    gain_ci_high: float = Field(sa_column_kwargs={"name": "gain_high"})


class ModelContent(Table, table=True):
    """A version's model file, kept apart so that lists never load it; without it it cannot be used."""

    number: int = Field(foreign_key="modelversion.number", primary_key=True)
    content: bytes


class ModelUse(Table, table=True):
    """From when on which version was used: the newest row holds; chosen by hand, it stays until let go."""

    id: int = Field(default=None, primary_key=True)
    created_at: datetime = Field(default_factory=now, sa_column_kwargs={"name": "at"})
    version: int
    is_by_hand: bool = False

    @property
    def heeds_corrections(self) -> bool:
        """Whether what navigators sorted counts: not where the shipped version was chosen by hand."""
        return self.version != SHIPPED or not self.is_by_hand


class ReportVector(Table, table=True):
    """The embedding of one ticket's report, and the category that it was sorted into or ended with.

    What a navigator sorted (`is_sorted`) is suggested by at once; the rest is for the nightly lesson alone.
    """

    __table_args__ = (
        Index("ix_reportvector_sorted", "is_sorted", "id"),
        {"sqlite_autoincrement": True},  # an id that comes again would hide a change from `refresh`
    )

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", unique=True)
    service_id: int = Field(foreign_key="service.id")
    category: str
    is_sorted: bool
    encoder: str
    vector: bytes
