"""Standby: a streaming copy of PostgreSQL that reports, searches and exports are read from while it is fresh.

How far it is behind is measured without anybody's clock: this process asks the primary how far its log goes
(LSN), and later the standby whether it has replayed so far. What it has replayed is as old as the question.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from time import monotonic

import structlog
from sqlalchemy import Engine, text
from sqlmodel import Session

from navigator import database
from navigator.engines import engines_for
from navigator.settings import settings

LOOK_EVERY = 1.0
"""Seconds between two looks at how far the standby is."""
GONE_FOR = 15.0
"""Seconds for which one that did not answer is not asked again."""

_HOW_FAR = text("SELECT pg_current_wal_insert_lsn()::text")
_REPLAYED = text("SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn()::text")

log = structlog.get_logger("desk.standby")


class _Standby:
    """What this process knows of the standby."""

    url = ""
    engine: Engine | None = None
    asked: deque[tuple[float, int]] = deque(maxlen=600)  # noqa: RUF012 - there is one standby
    fresh_at: float | None = None
    """When the primary had what the standby has now."""
    looked_at = 0.0
    gone_until = 0.0
    was_used = True
    lock = Lock()


@dataclass(frozen=True)
class Lag:
    """How many seconds the standby is behind at most; None where it does not answer, or is none any more."""

    seconds: float | None

    @property
    def is_fresh(self) -> bool:
        """Whether pages may be read from it."""
        return self.seconds is not None and self.seconds <= settings().read_lag_seconds


def is_set() -> bool:
    """Whether there is a standby to read from."""
    return bool(settings().read_url)


def lag() -> Lag:
    """How far the standby is behind: looked at now and then, by one thread while the others go on."""
    if _Standby.url != settings().read_url:
        _begin(settings().read_url)
    if monotonic() >= max(_Standby.looked_at + LOOK_EVERY, _Standby.gone_until) and _Standby.lock.acquire(
        blocking=not _Standby.looked_at
    ):
        try:
            _look()
        finally:
            _Standby.lock.release()
    found = Lag(None if _Standby.fresh_at is None else monotonic() - _Standby.fresh_at)
    if found.is_fresh != _Standby.was_used:
        _Standby.was_used = found.is_fresh
        log.info("standby is read" if found.is_fresh else "standby is not read", seconds=found.seconds)
    return found


def what_is_wrong() -> str:
    """Why pages are read from the primary though a standby is set; empty where they are not."""
    if not is_set() or (found := lag()).is_fresh:
        return ""
    how = "does not answer" if found.seconds is None else f"is {found.seconds:.0f} seconds behind"
    return f"The copy of the database (NAVIGATOR_READ_URL) {how}: reports are read from the database itself."


@contextmanager
def reading() -> Iterator[Session]:
    """A session on the standby, which only reads; to be asked for only where `lag` says that it is fresh."""
    with Session(
        _Standby.engine, autoflush=False, info={database.MEMO: {}, database.ONLY_READS: True}
    ) as session:
        yield session


def give_up() -> None:
    """Read from the primary for a while: the standby did not answer what it was asked."""
    _Standby.fresh_at, _Standby.gone_until = None, monotonic() + GONE_FOR


def close() -> None:
    """Close the connections, and know nothing of it any more."""
    _begin("")


def _begin(url: str) -> None:
    if _Standby.engine is not None:
        _Standby.engine.dispose()
    _Standby.url, _Standby.engine = url, engines_for(url)[0] if url else None
    _Standby.asked.clear()
    _Standby.fresh_at, _Standby.looked_at, _Standby.gone_until, _Standby.was_used = None, 0.0, 0.0, True


def _look() -> None:
    """Ask the primary how far it is, and the standby what it has replayed."""
    _Standby.looked_at = asked_at = monotonic()
    with database.reading() as session:
        _Standby.asked.append((asked_at, _number(session.connection().scalar(_HOW_FAR))))
    try:
        with reading() as session:
            is_standby, replayed = session.connection().execute(_REPLAYED).one()
    except database.STORAGE_DOWN:
        give_up()
        return
    if not is_standby:  # it was promoted: what it says now is of another history
        give_up()
        return
    reached = [at for at, position in _Standby.asked if position <= _number(replayed)]
    _Standby.fresh_at = max(reached, default=_Standby.fresh_at)


def _number(lsn: str) -> int:
    """A position in the log as a number: "16/B374D848"."""
    high, low = lsn.split("/")
    return int(high, 16) << 32 | int(low, 16)
