"""Clocks that go on by themselves: what holds while the clock stands must hold on a desk that is running."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from navigator import clock

MICROSECOND = timedelta(microseconds=1)


class Hands:
    """What a clock shows: the time that passes, or a microsecond more each time that it is read."""

    def __init__(self, at: datetime, ticks: bool) -> None:
        self.at, self.ticks, self.since = at, ticks, monotonic()

    def now(self, _zone: object) -> datetime:
        """The present moment, in place of `datetime.now`."""
        if not self.ticks:
            return self.at + timedelta(seconds=monotonic() - self.since)
        self.at += MICROSECOND
        return self.at

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime, name)

    def set_to(self, at: datetime | None) -> None:
        """Go on from another moment, in place of `clock.set_to`; None changes nothing."""
        if at:
            self.at, self.since = at, monotonic()


@contextmanager
def moving(at: datetime, ticks: bool) -> Iterator[None]:
    """Let the clock go on from a moment; `clock.set_to` moves it and does not stop it."""
    hands = Hands(at, ticks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_set_to", None)
        patch.setattr(clock, "set_to", hands.set_to)
        patch.setattr(clock, "datetime", hands)
        yield


@pytest.fixture(params=["stopped", "running", "ticking"])
def any_clock(request: pytest.FixtureRequest, moment: datetime) -> Iterator[None]:
    """Run the test three times: with the clock stopped, running, and a microsecond on at each look."""
    with nullcontext() if request.param == "stopped" else moving(moment, request.param == "ticking"):
        yield
