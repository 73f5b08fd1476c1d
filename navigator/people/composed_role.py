"""A role that a service composes from rights, beside the five."""

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from navigator.database import Table


class ComposedRole(Table, table=True):
    """A composed role of one service; a membership with `Role.COMPOSED` names it."""

    __tablename__ = "composedrole"
    __table_args__ = (UniqueConstraint("service_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    code: str
    name: str = ""
    rights: list[str] = Field(default_factory=list, sa_type=JSON)
