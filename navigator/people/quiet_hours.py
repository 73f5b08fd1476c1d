"""Quiet hours: when somebody does not want to be texted or phoned, in whole hours on a clock in London."""

from datetime import datetime, time, timedelta
from typing import Annotated, Protocol

from pydantic import Field

from navigator import clock

Hour = Annotated[int, Field(ge=0, le=23)]


class HasQuietHours(Protocol):
    """Whoever may have quiet hours: a reporter, or a card."""

    quiet_from_hour: int | None
    quiet_until_hour: int | None


def has_quiet_hours(person: HasQuietHours) -> bool:
    """Whether somebody said when not to text or phone them."""
    hours = (person.quiet_from_hour, person.quiet_until_hour)
    return None not in hours and hours[0] != hours[1]


def quiet_until(person: HasQuietHours, at: datetime) -> datetime | None:
    """When the quiet hours end in which a moment lies; None if it lies in none. They may go over midnight."""
    begins, ends = person.quiet_from_hour, person.quiet_until_hour
    if begins is None or ends is None or begins == ends:
        return None
    hour, today = clock.local(at).hour, clock.local(at).date()
    is_quiet = begins <= hour < ends if begins < ends else hour >= begins or hour < ends
    if not is_quiet:
        return None
    return clock.london_time(today + timedelta(days=hour >= ends), time(ends))


def quiet_words(person: HasQuietHours) -> str:
    """The quiet hours in words, for staff; empty where there are none."""
    if not has_quiet_hours(person):
        return ""
    begins, ends = (f"{hour}:00" for hour in (person.quiet_from_hour, person.quiet_until_hour))
    return f"Not between {begins} and {ends}"
