"""The only clock: aware UTC inside, London for people; it can be set for tests and the demonstration."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

JUMP = timedelta(seconds=10)
"""A clock that is put right little by little never goes so far between two looks."""

_set_to: datetime | None = None
_held: ContextVar[datetime | None] = ContextVar("held", default=None)


@dataclass(frozen=True)
class Jump:
    """That the clock was set by so much: forward, or back if it is less than nothing."""

    seen_at: datetime
    by: timedelta


class _Looks:
    """The last look at this clock beside one that cannot be set, and the last jump that was seen so."""

    clock: datetime | None = None
    steady = 0.0
    jump: Jump | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _set_to or _held.get() or machine_time()


def machine_time() -> datetime:
    """What the machine's own clock shows, as APScheduler reads it, wherever this clock was set to."""
    return datetime.now(UTC)


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


@contextmanager
def one_moment() -> Iterator[None]:
    """Read the clock once for all that this block decides: a statement may ask for today and for tomorrow."""
    before = _held.set(now())
    try:
        yield
    finally:
        _held.reset(before)


def look_for_jump() -> None:
    """Compare the clock with one that cannot be set: to be called every few seconds."""
    at, steady = now(), monotonic()
    if _Looks.clock is not None:
        by = at - _Looks.clock - timedelta(seconds=steady - _Looks.steady)
        if abs(by) >= JUMP:
            _Looks.jump = Jump(at, by)
    _Looks.clock, _Looks.steady = at, steady


def last_jump() -> Jump | None:
    """The last time that the clock was seen to be set while this process ran."""
    return _Looks.jump


def forget_looks() -> None:
    """Forget the looks and the jump, as when a process starts."""
    _Looks.clock, _Looks.jump = None, None
