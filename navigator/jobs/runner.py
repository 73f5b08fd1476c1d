"""Job runner: each due item in a transaction of its own, so that one that fails stops no other."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Select
from sqlmodel import Session

from navigator import clock, database
from navigator.jobs.tables import JobRun
from navigator.safe_logging import exception_location

DueQuery = Callable[[datetime], Select[Any]]
"""The items due by now: a query whose first column is a key, and which no longer returns what was done."""

Handler = Callable[[Session, datetime, Any], bool | None]
"""Does one item, by its key and locked; False if there turned out to be nothing to do."""

Finder = Callable[[Session, datetime], Iterable[Any]]
"""Finds the keys of the items that may be due."""

JobFunction = Callable[[], int]

log = structlog.get_logger("desk.jobs")


def for_each_due(due: DueQuery, do: Handler) -> JobFunction:
    """A job that does all due items, one by one, in their order or by their keys; it returns how many."""

    def work() -> int:
        now = clock.now()
        with database.reading() as session:
            query = due(now)
            keys = session.scalars(query.order_by(query.selected_columns[0])).all()
        return sum(_run_one(due, do, now, key) for key in keys)

    return work


def for_each_found(find: Finder, do: Handler) -> JobFunction:
    """A job that does each item that a function finds, where no query can; its handler does nothing twice."""

    def work() -> int:
        now = clock.now()
        with database.reading() as session:
            keys = [*find(session, now)]
        return sum(_run_apart(do, now, key) for key in keys)

    return work


def _run_one(due: DueQuery, do: Handler, now: datetime, key: object) -> bool:
    query = due(now)
    return _run_apart(do, now, key, query.where(query.selected_columns[0] == key).order_by(None))


def _run_apart(do: Handler, now: datetime, key: object, one_due: Select[Any] | None = None) -> bool:
    try:
        with database.writing() as session:
            if one_due is not None and not _is_still_due(session, one_due):
                return False  # somebody did it since, or it need not be done any more
            return do(session, now, key) is not False
    except Exception as error:
        log.error("job failed on one piece", job=do.__name__, key=key, error=exception_location(error))
        return False


def _is_still_due(session: Session, one_due: Select[Any]) -> bool:
    """Whether an item is due once its row is locked.

    Asked again then: where PostgreSQL waits for a row, it knows of other tables what they held before.
    """
    for query in (one_due.with_for_update(), one_due):
        if session.scalars(query).one_or_none() is None:
            return False
    return True


def once_per_slot(
    name: str, slot: Callable[[datetime], datetime], do: Callable[[Session, datetime], None]
) -> JobFunction:
    """A scheduled job, like cron: done once for each slot of time, and late rather than never.

    Its name is stored with each slot that was done: under another name it would be done again.
    """

    def work() -> int:
        now = clock.now()
        with database.writing() as session:
            insert = database.insert(session, JobRun)
            row = insert.values(job=name, slot_at=slot(now), ended_at=now)
            if session.scalar(row.on_conflict_do_nothing().returning(JobRun.job)) is None:
                return 0
            do(session, now)
        return 1

    return work
