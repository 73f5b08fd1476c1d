"""The order in which processes write to one SQLite database: by locks of files beside it, taken in turn.

By itself SQLite has whoever finds another writing sleep and look again: who writes all the time comes first
then, and others wait for seconds. Here one waits for the writer, and all others for the place of that one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy.exc import TimeoutError as WaitedTooLong

from navigator.private_files import FILE

ENDINGS = ("-next", "-writer")
"""Files beside a database: the process that writes next has one locked, the one that writes the other."""
PATIENCE_SECONDS = 5.0
_AFTER_ANOTHER_SECONDS = 0.5
"""How long one waits who came while another of the same process waited in vain."""
_LOOKS_EVERY = 0.0005


class _StandsStill(Exception):
    """Whoever is next does nothing: others go on without a place."""


class WriterLock:
    """The place of this process among those that write to a database; one thread of it asks at a time.

    The kernel lets go what a process held that ended, in whatever way; one that stands still is waited for as
    long as the patience lasts, then `sqlalchemy.exc.TimeoutError` is raised. Where files cannot be locked, or
    one that only waits stands still, others write without an order: SQLite has its own lock, on which depends
    what is written.
    """

    def __init__(self, database: Path, patience: float = PATIENCE_SECONDS) -> None:
        self._next, self._writer = (f"{database}{ending}" for ending in ENDINGS)
        self._patience = patience
        self._held: int | None = None
        self._in_vain_at = float("-inf")

    def take(self) -> None:
        """Wait until no other process writes."""
        if self._held is not None:
            return
        ends = monotonic() + self._patience_now()
        with suppress(OSError, _StandsStill):
            place = self._lock(self._next, ends, _StandsStill)
            try:
                self._held = self._lock(self._writer, ends, WaitedTooLong)
            finally:
                _let_go(place)

    def let_go(self) -> None:
        """Let the next process write, if this one did."""
        if self._held is not None:
            _let_go(self._held)
            self._held = None

    def _patience_now(self) -> float:
        is_after_another = monotonic() < self._in_vain_at + _AFTER_ANOTHER_SECONDS
        return _AFTER_ANOTHER_SECONDS if is_after_another else self._patience

    def _lock(self, file: str, ends: float, in_vain: type[Exception]) -> int:
        opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE)
        try:
            while not _is_locked(opened):
                if monotonic() > ends:
                    self._in_vain_at = monotonic()
                    raise in_vain("another process has not ended what it writes")
                sleep(_LOOKS_EVERY)
        except BaseException:
            os.close(opened)
            raise
        return opened


@contextmanager
def writing_alone(database: Path) -> Iterator[None]:
    """While nobody else writes to a database, in this process or another one."""
    lock = WriterLock(database)
    lock.take()
    try:
        yield
    finally:
        lock.let_go()


def _let_go(opened: int) -> None:
    fcntl.flock(opened, fcntl.LOCK_UN)  # a process that was forked from this one would hold it on
    os.close(opened)


def _is_locked(opened: int) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
