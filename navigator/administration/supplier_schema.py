"""Schema of what is set for the supplier of a programme: where to write, and the days of its contract."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from navigator.administration.schema import Name, SettingSchema
from navigator.catalogue.supplier_terms import SEVERITIES
from navigator.fields import Email, YesNo

NO_NUMBER = "-"


def _parse_days(value: Any) -> Any:
    """Split what was typed, like "1, 2, 5, -"; what was stored is a list of numbers already."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        return items
    return [day for item in items for day in (_split(item) if isinstance(item, str) else [item])]


def _split(line: str) -> list[str | None]:
    return [None if part in (NO_NUMBER, "–") else part for part in re.findall(r"[^,\s]+", line)]


def _check_count(days: list[int | None]) -> list[int | None]:
    if days and len(days) != len(SEVERITIES):
        raise ValueError("Write four numbers, for severity 1 to 4, with a dash where the contract has none.")
    return days if any(days) else []


Days = Annotated[
    list[Annotated[int, Field(ge=1, le=365)] | None],
    BeforeValidator(_parse_days),
    AfterValidator(_check_count),
]


class SupplierSetting(SettingSchema):
    """Where problems of a programme are sent, and what its contract says; what is empty has no clock."""

    email: Email = Field(
        default="",
        title="the address to which problems are sent",
        json_schema_extra={"words": {"email_format": "Enter an email address, like name@example.com"}},
    )
    answer_to: Email = Field(
        default="",
        title="the address to which they answer",
        json_schema_extra={"words": {"email_format": "Enter an email address, like name@example.com"}},
    )
    acknowledge_days: Days = Field(default_factory=list, title="the days to acknowledge")
    answer_days: Days = Field(default_factory=list, title="the days to answer")
    mend_days: Days = Field(default_factory=list, title="the days to put it right")
    counts_working_days: YesNo = Field(default=False, title="whether only working days count")
    chases: YesNo = Field(default=False, title="whether the desk chases by itself")
    owner: Name = Field(title="who answers for it")
    review_on: date = Field(title="when it is looked at again")

    def form_values(self) -> dict[str, Any]:
        """The values as they are typed: days with commas, and a dash for none."""
        names = ("acknowledge_days", "answer_days", "mend_days")
        typed = {name: ", ".join(str(day or NO_NUMBER) for day in getattr(self, name)) for name in names}
        return super().form_values() | typed
