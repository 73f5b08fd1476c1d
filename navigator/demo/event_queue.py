"""The diary: what is still to happen, soonest first, each at its own time on the set clock."""

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

Play = Generator[datetime, Session, None]
"""Something that goes on over time: it yields when it goes on, and is sent a session then."""

AT_HAND = (Service, Programme, User)
"""What nearly every scene asks for: held, it is read once for all scenes of a session."""


class EventQueue:
    """Plays that go on beside each other."""

    def __init__(self) -> None:
        self._pages: list[tuple[datetime, int, Play]] = []
        self._turns = count()

    def enter(self, play: Play) -> None:
        """Let a play begin."""
        self._put(next(play, None), play)

    def _put(self, at: datetime | None, play: Play) -> None:
        if at is not None:
            heappush(self._pages, (at, next(self._turns), play))

    def live(self, until: datetime) -> None:
        """Let everything happen that happens until a moment."""
        with writing() as session:
            _at_hand = [session.exec(select(table)).all() for table in AT_HAND]
            while self._pages and self._pages[0][0] <= until:
                at, _, play = heappop(self._pages)
                with clock.stopped_at(at):
                    self._put(_go_on(play, session), play)


def _go_on(play: Play, session: Session) -> datetime | None:
    """When a play goes on after its next scene, never before it; None if it is over."""
    try:
        return max(play.send(session), clock.now())
    except StopIteration:
        return None
