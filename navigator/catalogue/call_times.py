"""When calls can be booked: a grid of quarters of an hour, in the hours that a service sets for calls."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from navigator.catalogue.business_hours import Window, WorkingCalendar
from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.clock import local

QUARTER = timedelta(minutes=15)
"""Every booked call begins on one and fills whole ones: two that overlap have one in common."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


def quarters_of(starts_at: datetime, minutes: int) -> list[datetime]:
    """The quarters of an hour that a call fills, each by its beginning."""
    return [starts_at + n * QUARTER for n in range(-(-(minutes * _MINUTE) // QUARTER))]


def call_times(service: Service, now: datetime) -> Iterator[datetime]:
    """When a call that is booked now may begin, soonest first: not before the notice, nor too far ahead."""
    if not service.call_hours:
        return
    calendar = calendar_of(service)
    earliest = calendar.add(now, service.call_notice_minutes)
    last = calendar.working_day_after(local(now).date(), service.call_days_ahead)
    day, length = local(earliest).date(), timedelta(minutes=service.call_minutes)
    calls = _call_calendar(service)
    while day <= last:
        if window := _both(calendar.open_on(day), calls.open_on(day)):
            yield from (at for at in _starts(window, length) if at >= earliest)
        day += _DAY


def is_open_for(service: Service, starts_at: datetime, minutes: int) -> bool:
    """Whether a service is open, as it is set now, for as long as a call lasts."""
    window = calendar_of(service).open_on(local(starts_at).date())
    ends_at = starts_at + minutes * _MINUTE
    return window is not None and window[0] <= starts_at and ends_at <= window[1]


def remind_at(service: Service, starts_at: datetime, now: datetime) -> datetime | None:
    """When somebody is reminded of a call: as their service opens some working days before; None if past."""
    if not service.call_reminder_days:
        return None
    calendar, day = calendar_of(service), local(starts_at).date()
    for _ in range(service.call_reminder_days):
        day = calendar.previous_working_day(day)
    opens_at = calendar.opening_from(day)
    return opens_at if opens_at > now else None


def _call_calendar(service: Service) -> WorkingCalendar:
    """The hours for calls as business hours, on the days on which the service works."""
    return WorkingCalendar.from_settings(
        service.call_hours or {}, service.division, service.closed_days, service.open_days
    )


def _both(first: Window | None, second: Window | None) -> Window | None:
    return (max(first[0], second[0]), min(first[1], second[1])) if first and second else None


def _starts(window: Window, length: timedelta) -> Iterator[datetime]:
    """One after the other from the first quarter of an hour on, as long as the call ends in time."""
    at = _EPOCH + -(-(window[0] - _EPOCH) // QUARTER) * QUARTER
    while at + length <= window[1]:
        yield at
        at += length
