"""Job schedule of the simulation: the desk's own background jobs, at the times at which they matter."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from types import MappingProxyType

from navigator import clock
from navigator.clock import london_time
from navigator.demo.dates import Dates
from navigator.jobs.registry import JOBS

SUPPLIER_JOBS = ("missed_promises", "failed_fixes")
DAILY_JOBS = MappingProxyType(
    {
        time(0, 20): ("sessions",),
        time(9, 30): ("guards", "overdue", *SUPPLIER_JOBS),
        time(12): ("guards",),
        time(14, 30): ("guards", "overdue"),
        time(16, 50): ("guards", "overdue", "rises"),
    }
)
AUTO_CLOSE_JOBS = ("warn", "close")
AUTO_CLOSE_WEEKDAYS = (1, 3)
"""Tuesday and Thursday: twice a week is enough for closing what has gone quiet."""


def job_times(dates: Dates) -> Iterator[tuple[datetime, Sequence[str]]]:
    """When which jobs run: on every working day, and all of them at the end."""
    for day in dates.working_days():
        for clock_time, jobs in DAILY_JOBS.items():
            if (moment := london_time(day, clock_time)) < dates.now:
                yield moment, jobs
        if day.weekday() in AUTO_CLOSE_WEEKDAYS and (moment := london_time(day, time(16, 55))) < dates.now:
            yield moment, AUTO_CLOSE_JOBS
    yield (
        dates.now,
        ("sessions", "guards", "overdue", "hand-overs", "repeats", "rises", *SUPPLIER_JOBS, *AUTO_CLOSE_JOBS),
    )


def run_jobs(moment: datetime, jobs: Sequence[str]) -> None:
    """Run some jobs at a moment."""
    with clock.stopped_at(moment):
        for job in jobs:
            JOBS[job].run()
