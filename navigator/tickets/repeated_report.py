"""Table of people who reported again and again: offered to navigators to look at, until one says why not."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of, partial_index


class NotNeeded(StrEnum):
    """Why nothing more is needed for somebody who reported again and again."""

    LOOKED_AT = "looked_at"
    SEPARATE = "separate"
    KNOWN_PROBLEM = "known_problem"
    OTHER_PERSON = "other_person"


class RepeatedReport(Table, table=True):
    """The newest of the reports by which somebody is offered for review: numbers of tickets, and no words.

    `is_by_code` says that one card joins them all; else links that were sent to one address join some or all.
    """

    __table_args__ = (
        one_of("reason", NotNeeded),
        partial_index("ix_repeatedreport_open", "service_id", "found_at", where="dismissed_at IS NULL"),
    )

    ticket_number: int = Field(primary_key=True, foreign_key="ticket.number")
    service_id: int = Field(foreign_key="service.id")
    numbers: list[int] = Field(sa_type=JSON)
    days: int
    is_by_code: bool
    found_at: datetime = Field(default_factory=now)
    dismissed_at: datetime | None = None
    dismissed_by: int | None = Field(default=None, foreign_key="user.id")
    reason: str | None = None
