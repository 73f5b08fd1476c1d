"""Event queue of the simulation: scenarios are resumed soonest first, each at its time on the set clock."""

from collections.abc import Generator
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.database import writing
from navigator.people.user import User

Scenario = Generator[datetime, Session, None]
"""A sequence of events as a generator: it yields when it is to be resumed, and is sent a session then."""

PRELOADED = (Service, Programme, User)
"""Tables that nearly every event reads: preloaded, they are read once a session."""


class EventQueue:
    """A priority queue of scenarios that run beside each other."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Scenario]] = []
        self._numbers = count()

    def add(self, scenario: Scenario) -> None:
        """Start a scenario."""
        self._schedule(next(scenario, None), scenario)

    def _schedule(self, at: datetime | None, scenario: Scenario) -> None:
        if at is not None:
            heappush(self._heap, (at, next(self._numbers), scenario))

    def run_until(self, until: datetime) -> None:
        """Run all events until a moment."""
        with writing() as session:
            _preloaded = [session.exec(select(table)).all() for table in PRELOADED]
            while self._heap and self._heap[0][0] <= until:
                at, _, scenario = heappop(self._heap)
                with clock.stopped_at(at):
                    self._schedule(_resume(scenario, session), scenario)


def _resume(scenario: Scenario, session: Session) -> datetime | None:
    """Run a scenario's next event; when to resume it, never before now, or None if it is over."""
    try:
        return max(scenario.send(session), clock.now())
    except StopIteration:
        return None
