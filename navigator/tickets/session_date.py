"""The date of a next session: today or later, within two years; and the input that tells of one."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from navigator import clock
from navigator.fields import COMING, Input, YesNo

YEARS_AHEAD = 2


def _within_reach(on: date) -> date:
    today = clock.today()
    if on < today:
        raise ValueError("Enter the date of a session that is today or later")
    if (on.year - YEARS_AHEAD, on.month, on.day) > (today.year, today.month, today.day):
        raise ValueError("Enter the date of a session within the next two years")
    return on


SessionDate = Annotated[
    date, Field(description="Today or later, within two years"), AfterValidator(_within_reach), COMING
]


class NextSessionInput(Input):
    """When the next session is; no date means that it is not known."""

    next_session: SessionDate | None = Field(default=None, title="the date of the next session")
    session_is_weekly: YesNo | None = Field(default=None, description="Left out or null: as it was")
