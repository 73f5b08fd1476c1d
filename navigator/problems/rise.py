"""A rise: that a problem is reported far more often than is usual, since when, and what became of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of, partial_index


class DismissalReason(StrEnum):
    """Why a rise is nothing to act on."""

    EXPECTED = "expected"
    ONE_SOURCE = "one_source"
    NOT_ALIKE = "not_alike"
    WRONG_CATEGORY = "wrong_category"


class Rise(Table, table=True):
    """More reports of one category in one programme of one service than chance explains.

    From `began_on` to `last_on` there were `count` reports, where `expected` are usual; that is `rate` on an
    average day. It ends when nothing stands out any more, or when somebody dismisses it, who says by that
    that this rate is usual. With a problem it is offered no more.
    """

    __table_args__ = (
        one_of("dismissed_as", DismissalReason),
        partial_index(
            "ix_rise_live",
            "service_id",
            "programme_id",
            "category",
            where="ended_at IS NULL",
            unique=True,
        ),
    )

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    programme_id: int = Field(foreign_key="programme.id")
    category: str
    began_on: date
    last_on: date
    count: int
    expected: float
    rate: float
    found_at: datetime = Field(default_factory=now)
    ended_at: datetime | None = None
    problem_id: int | None = Field(default=None, foreign_key="problem.id", index=True)
    dismissed_as: str | None = None
    dismissed_by: int | None = Field(default=None, foreign_key="user.id")

    @property
    def is_decided(self) -> bool:
        """Whether it is a problem by now, was dismissed, or is over."""
        return self.problem_id is not None or self.ended_at is not None
