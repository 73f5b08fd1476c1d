"""Which managers want the report by mail: apart from the report, which is loaded when one is drawn."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of


class Rhythm(StrEnum):
    """How often the report is sent."""

    WEEK = "week"
    MONTH = "month"


class ReportMail(Table, table=True):
    """That a manager wants the report by mail, how often, and the week or month it was last sent in."""

    __table_args__ = (one_of("every", Rhythm),)

    user_id: int = Field(foreign_key="user.id", primary_key=True)
    every: str
    chosen_at: datetime = Field(default_factory=now)
    sent_for_on: date | None = None
