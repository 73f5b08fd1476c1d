"""The only clock: aware UTC inside, London for people; it can be set for tests and the demonstration."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_set_to: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _set_to or datetime.now(UTC)


def today() -> date:
    """The present day in London."""
    return local(now()).date()


def local(at: datetime) -> datetime:
    """The same moment in London's local time."""
    return at.astimezone(LONDON)


def london_time(day: date, time_of_day: time) -> datetime:
    """The moment at which it is that time on that day in London, in UTC."""
    return datetime.combine(day, time_of_day, LONDON).astimezone(UTC)


def set_to(at: datetime | None) -> None:
    """Stop the clock at a moment, or let it run again with None."""
    global _set_to  # noqa: PLW0603 - one clock for the whole process, threads included
    _set_to = at


@contextmanager
def stopped_at(at: datetime) -> Iterator[None]:
    """Stop the clock for the length of a block."""
    before = _set_to
    set_to(at)
    try:
        yield
    finally:
        set_to(before)
