"""Routing rules: which people or which named contact get a service's new tickets."""

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from navigator.database import Table


class RoutingRule(Table, table=True):
    """One rule: an empty field fits anything; `category` is a leaf or a group, `people` are ids of users."""

    __table_args__ = (UniqueConstraint("service_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id")
    code: str
    title: str
    position: int = 1
    category: str = ""
    programme: str = ""
    language: str = ""
    people: list[int] = Field(default_factory=list, sa_type=JSON)
    contact: str | None = None
