"""Hazard owner table: which role answers for a hazard of the hazard log, and when it is looked at again."""

from datetime import date

from sqlmodel import Field

from navigator.database import Table


class HazardOwner(Table, table=True):
    """Who answers for one hazard, by its number in the log; an owner is a role, not somebody’s name."""

    __tablename__ = "hazardowner"

    code: str = Field(primary_key=True)
    owner: str = ""
    review_on: date | None = None
