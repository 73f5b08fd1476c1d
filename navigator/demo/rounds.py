"""The desk's own rounds: what it does by itself, done by its jobs at the times at which it matters."""

from datetime import datetime, time
from types import MappingProxyType

from navigator.demo.dates import Dates, at
from navigator.demo.diary import Play
from navigator.jobs.rota import JOBS

ROUNDS = MappingProxyType(
    {
        time(0, 20): ("sessions",),
        time(9, 30): ("guards", "overdue", "warn", "close"),
        time(12): ("guards",),
        time(14): ("guards", "overdue"),
        time(16, 50): ("guards", "overdue"),
    }
)
ALL = ("sessions", "guards", "overdue", "hand-overs", "warn", "close")


def rounds(dates: Dates) -> Play:
    """Every round of every working day, and one more at the end."""
    for day in dates.working_days():
        for wall, jobs in ROUNDS.items():
            yield from _round(at(day, wall), jobs)
    yield from _round(dates.now, ALL)


def _round(moment: datetime, jobs: tuple[str, ...]) -> Play:
    yield moment
    for job in jobs:
        JOBS[job].work()
