"""Interval timer: work that is done again and again, paced by a clock that nobody can set."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic


@dataclass
class _Work:
    seconds: float
    run: Callable[[], object]
    due: float = 0.0
    is_running: bool = False


class IntervalTimer:
    """Runs each piece of work at its interval, in a few threads, and never beside itself.

    What takes longer than its interval misses a turn. Work must not raise.
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, "timer")
        self._works: list[_Work] = []
        self._stop = Event()
        self._thread = Thread(target=self._keep_time, name="timer", daemon=True)

    def every(self, seconds: float, run: Callable[[], object]) -> None:
        """Run this at an interval, for the first time when one has passed; to be said before `start`."""
        self._works.append(_Work(seconds, run))

    def start(self) -> None:
        """Begin to count."""
        began = monotonic()
        for work in self._works:
            work.due = began + work.seconds
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is running."""
        self._stop.set()
        self._thread.join()
        self._pool.shutdown()

    def _keep_time(self) -> None:
        while not self._stop.wait(max(0.0, min(work.due for work in self._works) - monotonic())):
            now = monotonic()
            for work in self._works:
                if work.due <= now:
                    work.due = now + work.seconds
                    self._begin(work)

    def _begin(self, work: _Work) -> None:
        if not work.is_running:
            work.is_running = True
            self._pool.submit(self._run, work)

    @staticmethod
    def _run(work: _Work) -> None:
        try:
            work.run()
        finally:
            work.is_running = False
