"""The versions of what the desk learned by itself: their figures, their content, and which is in use."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table

SHIPPED = 0
"""The version that ships with the desk: it has no row."""


class ModelVersion(Table, table=True):
    """One night's lesson: what it learned from, and how it did on the newest corrected tickets."""

    number: int = Field(default=None, primary_key=True)
    made_at: datetime = Field(default_factory=now)
    sha256: str
    examples: int
    tickets: list[int] = Field(default_factory=list, sa_type=JSON)
    tested: int
    right_before: float
    right_after: float
    gain_low: float
    gain_high: float


class ModelContent(Table, table=True):
    """What a version learned, kept apart so that lists never load it; without it a version cannot be used."""

    number: int = Field(foreign_key="modelversion.number", primary_key=True)
    content: bytes


class ModelUse(Table, table=True):
    """From when on which version was used: the newest row holds; chosen by hand, it stays until let go."""

    id: int = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now)
    version: int
    is_by_hand: bool = False
