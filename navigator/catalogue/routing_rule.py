"""Routing rules: which people or which named contact get a service's new tickets."""

from sqlalchemy import JSON, UniqueConstraint, bindparam
from sqlmodel import Field, Session, col, select

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


_OF_SERVICE = (
    select(RoutingRule)
    .where(col(RoutingRule.service_id) == bindparam("service_id"))
    .order_by(col(RoutingRule.position), col(RoutingRule.title))
)


def rules_of(session: Session, service_id: int) -> list[RoutingRule]:
    """The routing rules of a service, in the order in which they apply."""
    return list(session.exec(_OF_SERVICE, params={"service_id": service_id}))
