"""Input of a public notice, the same for pages and the API."""

from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from navigator import clock
from navigator.fields import ComingDay, Input, RequiredText, Version
from navigator.problems.inputs import Numbers
from navigator.problems.notice import PublicState

_NO_SUCH_TIME = "There is no such time on that day: the clocks go forward. Enter a later time."
_NO_TIME = "Enter a time like 14:30"
_TIME: dict[str, Any] = {"words": {"time_parsing": _NO_TIME, "time_type": _NO_TIME}}


def _padded(value: object) -> object:
    """A time as people type it: "2:00" is 02:00."""
    return (value.zfill(5) if isinstance(value, str) else value) if value else None


Clock = Annotated[time | None, BeforeValidator(_padded)]


class NoticeInput(Input):
    """A notice for everybody; of planned work also from when until when, by London's clock.

    `tickets` are those shown before sending.
    """

    state: PublicState = Field(
        title="how far it has come", json_schema_extra={"words": "Choose how far it has come"}
    )
    starts_on: ComingDay | None = Field(
        default=None, title="the day on which it begins", validate_default=True
    )
    starts: Clock = Field(
        default=None, title="when it begins", validate_default=True, json_schema_extra=_TIME
    )
    ends_on: ComingDay | None = Field(default=None, title="the day on which it ends", validate_default=True)
    ends: Clock = Field(default=None, title="when it ends", validate_default=True, json_schema_extra=_TIME)
    body: RequiredText = Field(title="what everybody will read")
    tickets: Numbers | None = None
    version: Version = None

    @field_validator("starts_on", "ends_on")
    @classmethod
    def _has_day(cls, value: date | None, info: ValidationInfo) -> date | None:
        if info.data.get("state") is not PublicState.PLANNED:
            return None
        if value is None:
            raise ValueError("Enter the day. Only planned work has one.")
        return value

    @field_validator("starts", "ends")
    @classmethod
    def _has_time(cls, value: time | None, info: ValidationInfo) -> time | None:
        if info.data.get("state") is not PublicState.PLANNED:
            return None
        if value is None:
            raise ValueError(_NO_TIME)
        day = info.data.get(f"{info.field_name}_on")
        if day is not None and clock.local(clock.london_time(day, value)).time() != value.replace(
            tzinfo=None
        ):
            raise ValueError(_NO_SUCH_TIME)
        return value.replace(tzinfo=None)

    @field_validator("ends")
    @classmethod
    def _ends_later(cls, value: time | None, info: ValidationInfo) -> time | None:
        data = info.data
        if (
            value is None
            or not all(data.get(name) for name in ("starts_on", "ends_on"))
            or data.get("starts") is None
        ):
            return value
        ends_at = _end(data["ends_on"], value)
        if ends_at <= clock.london_time(data["starts_on"], data["starts"]):
            raise ValueError("It must end after it begins")
        if ends_at <= clock.now():
            raise ValueError("This time is over. Planned work ends in the future.")
        return value

    @property
    def starts_at(self) -> datetime | None:
        """When planned work begins."""
        is_told = self.starts_on is not None and self.starts is not None
        return clock.london_time(self.starts_on, self.starts) if is_told else None  # type: ignore[arg-type]

    @property
    def ends_at(self) -> datetime | None:
        """When planned work ends; of an hour that comes twice, the second time."""
        return _end(self.ends_on, self.ends) if self.ends_on is not None and self.ends is not None else None


def _end(day: date, at: time) -> datetime:
    return clock.london_time(day, at.replace(fold=1))
