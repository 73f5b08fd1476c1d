"""What an installation adds to what ships: replies to hand, articles, and categories in its own words."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class CannedReply(Table, table=True):
    """A reply to hand, for one category and programme or for any; `{reference}` and others are filled in."""

    __table_args__ = (UniqueConstraint("service_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    code: str
    title: str
    programme: str = ""
    category: str = ""
    body: str = ""


class LeafAmendment(Table, table=True):
    """A category in own words, or one of its own; `words` are as in the catalogue’s file."""

    category: str = Field(primary_key=True)
    words: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    changed_at: datetime = Field(default_factory=now)


class Article(Table, table=True):
    """What to try first, for one category, in one programme or in any; `solved` of `shown` it helped."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    title: str
    programme: str = ""
    category: str = Field(index=True)
    body: str = ""
    owner: str = ""
    verified_on: date | None = None
    is_offered: bool = True
    shown: int = 0
    solved: int = 0
