"""Period filter of the managers' report: over which days, of which service, programme and reporters."""

from datetime import date
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from navigator.fields import Day, Input
from navigator.people.reporter import ReporterKind
from navigator.tickets.metrics import Period
from navigator.tickets.queue.filters import Code

MAX_DAYS = 366
_LENGTHS = {"week": 7, "month": 28, "quarter": 90}


class PeriodFilter(Input):
    """A period that ends today, or one’s own days; and which service, programme and reporters to count."""

    period: Literal["week", "month", "quarter", "own"] = Field(default="month", title="a period")
    since: Day | None = Field(default=None, title="the first day")
    until: Day | None = Field(default=None, title="the last day")
    service: Code = Field(default="", title="a service")
    programme: Code = Field(default="", title="a programme")
    reporter: ReporterKind | Literal[""] = Field(default="", title="who reported")

    @field_validator("since", "until")
    @classmethod
    def _require_own_days(cls, value: date | None, info: ValidationInfo) -> date | None:
        if value is None and info.data.get("period") == "own":
            raise ValueError("Enter the first day and the last day, or choose another period")
        return value

    @field_validator("until")
    @classmethod
    def _check_order(cls, value: date | None, info: ValidationInfo) -> date | None:
        since = info.data.get("since")
        if value and since and not 0 <= (value - since).days < MAX_DAYS:
            raise ValueError("The last day must be the first day or later, and within a year of it")
        return value

    @property
    def days(self) -> Period:
        """The days to count."""
        if self.period == "own" and self.since and self.until:
            return Period(self.since, self.until)
        return Period.last_days(_LENGTHS[self.period])
