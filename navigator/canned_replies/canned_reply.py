"""Canned replies as they are stored: a title and words with placeholders, for a service or for all."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

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
