"""A cache of what was counted or looked for among tickets, good while none of them changes.

No ticket changes without an event (`lifecycle` refuses it), so the newest events say whether one has. Of an
event that is committed after many later ones, and of the time that goes on, one hears some seconds late.
It is not for what hangs on something else than tickets and reference data.
"""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import func, literal_column, select
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.reference_data import reference_data
from navigator.database import ONLY_READS, ask
from navigator.tickets.queue.change_feed import LOOK_BACK
from navigator.tickets.ticket import Event

LASTS = timedelta(seconds=10)
"""For how long it is kept at most: what is late or due today changes by itself."""
_NOTED = "mark of the tickets"

_NEWEST = (
    select(col(Event.id)).order_by(col(Event.id).desc()).limit(literal_column(str(LOOK_BACK))).subquery()
)
MARK = select(func.coalesce(func.sum(_NEWEST.c.id), 0)).scalar_subquery()
"""The sum of the newest events’ ids: with each event, also one that is committed late, it grows."""
_STATEMENT = select(MARK)

Value = TypeVar("Value")


class _Kept(NamedTuple):
    state: tuple[int, str | None]
    at: datetime
    value: Any


_ALL: list[dict[Hashable, _Kept]] = []


class KeptWhileUnchanged(Generic[Value]):
    """Values by their keys, so many at most, each of the state of the tickets in which it was worked out."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_key: dict[Hashable, _Kept] = {}
        _ALL.append(self._by_key)

    def get(
        self,
        session: Session,
        key: Hashable,
        work_out: Callable[[], Value],
        is_to_keep: Callable[[Value], bool] = lambda _: True,
    ) -> Value:
        """The value of a key; of what a transaction may have changed itself it is worked out each time."""
        if not session.info.get(ONLY_READS):
            return work_out()
        state, now = _state(session), clock.now()
        kept = self._by_key.get(key)
        if kept is not None and kept.state == state and timedelta(0) <= now - kept.at < LASTS:
            known: Value = kept.value
            return known
        value = work_out()
        if key not in self._by_key and len(self._by_key) >= self._most:
            self._by_key.clear()
        if is_to_keep(value):
            self._by_key[key] = _Kept(state, now, value)
        return value


def _state(session: Session) -> tuple[int, str | None]:
    """What differs once a ticket, or reference data, has changed; a session asks once."""
    if _NOTED not in session.info:
        note_mark(session, ask(session, _STATEMENT).scalar_one())
    return session.info[_NOTED], reference_data(session).token


def note_mark(session: Session, mark: int) -> None:
    """Spare a session that asked something else along with the mark the statement for it."""
    session.info[_NOTED] = mark


def forget_all() -> None:
    """Keep nothing of what was worked out until now: another database is asked."""
    for kept in _ALL:
        kept.clear()
