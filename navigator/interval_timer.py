"""Interval timer: work that is done again and again by APScheduler, and goes on when the clock was set."""

import logging
from collections.abc import Callable
from datetime import UTC
from threading import Event, Thread

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

from navigator import clock

LOOK_EVERY_SECONDS = 3.0


class IntervalTimer:
    """Runs each piece of work at its interval, in a few threads, and never beside itself.

    What takes longer than its interval misses a turn. Work must not raise.
    """

    def __init__(self, threads: int) -> None:
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(threads)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        self._stop = Event()
        self._thread = Thread(target=self._keep_pace, name="timer", daemon=True)

    def every(self, seconds: float, run: Callable[[], object]) -> None:
        """Run this at an interval, for the first time when one has passed; to be said before `start`."""
        self._scheduler.add_job(run, "interval", seconds=seconds)

    def start(self) -> None:
        """Begin to count."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a run longer than its interval is no news
        try:
            self._scheduler.start()
            self._thread.start()
        except BaseException:
            self.stop()  # else what has begun would go on beside the next try
            raise

    def stop(self) -> None:
        """Begin nothing more, and wait for what is running; what has not begun is none of it."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._scheduler.running:
            self._scheduler.shutdown()

    def _keep_pace(self) -> None:
        """Look again and again, by a clock that nobody can set, for work that waits longer than its interval.

        APScheduler goes by the machine's clock: where that was set back, it would wait as long as that.
        """
        while not self._stop.wait(LOOK_EVERY_SECONDS):
            now = clock.machine_time()
            for job in self._scheduler.get_jobs():
                if job.next_run_time > now + job.trigger.interval:
                    job.modify(next_run_time=now)
