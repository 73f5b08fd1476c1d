"""Crisis wording table: a service’s own crisis card, reviewed by a named person until a date."""

from datetime import date

from sqlalchemy import JSON
from sqlmodel import Field

from navigator.database import Table


class CrisisWording(Table, table=True):
    """What a service shows people in crisis, reviewed by a named person until a date."""

    service_id: int = Field(foreign_key="service.id", primary_key=True)
    lines: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    owner: str = ""
    review_on: date | None = None
