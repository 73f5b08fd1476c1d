"""The desk's own rounds: what it does by itself, done by its jobs at the times at which it matters."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from types import MappingProxyType

from navigator import clock
from navigator.demo.dates import Dates, at
from navigator.jobs.registry import JOBS

DAILY = MappingProxyType(
    {
        time(0, 20): ("sessions",),
        time(9, 30): ("guards", "overdue"),
        time(12): ("guards",),
        time(14, 30): ("guards", "overdue"),
        time(16, 50): ("guards", "overdue"),
    }
)
QUIET = ("warn", "close")
ON_QUIET_DAYS = (1, 3)
"""Tuesday and Thursday: two looks a week at what has gone quiet are enough."""


def job_times(dates: Dates) -> Iterator[tuple[datetime, Sequence[str]]]:
    """When which jobs are done: on every working day, and all of them at the end."""
    for day in dates.working_days():
        for wall, jobs in DAILY.items():
            if (moment := at(day, wall)) < dates.now:
                yield moment, jobs
        if day.weekday() in ON_QUIET_DAYS and (moment := at(day, time(16, 55))) < dates.now:
            yield moment, QUIET
    yield dates.now, ("sessions", "guards", "overdue", "hand-overs", *QUIET)


def run_jobs(moment: datetime, jobs: Sequence[str]) -> None:
    """Do some jobs at a moment."""
    with clock.stopped_at(moment):
        for job in jobs:
            JOBS[job].run()
