"""Schema of the settings of follow-up: who is offered for review, and briefs before sessions."""

from datetime import time
from typing import Annotated

from pydantic import AfterValidator, Field

from navigator.administration.schema import SettingSchema
from navigator.fields import Line


def _hour_or_none(value: str) -> str:
    """An hour of the day as it is kept: 15:00; or nothing."""
    try:
        return time.fromisoformat(value).strftime("%H:%M") if value else ""
    except ValueError:
        raise ValueError("Write an hour, like 15:00, or nothing") from None


class FollowUpSetting(SettingSchema):
    """Who is offered for review, and when practitioners are written to before their sessions."""

    repeat_reports: Annotated[int, Field(ge=2, le=10)] = Field(default=3, title="reports of one person")
    repeat_days: Annotated[int, Field(ge=7, le=90)] = Field(default=28, title="days within which they count")
    brief_time: Annotated[Line, AfterValidator(_hour_or_none)] = Field(
        default="",
        title="when practitioners are written to",
        description="Like 15:00; empty writes to nobody",
    )
    follow_up_owner: Line = Field(default="", title="who decided this")
