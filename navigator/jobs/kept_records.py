"""Nightly retention, and what was removed leaves the index of words and the log of SQLite, too."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from navigator import clock, database
from navigator.jobs.retention import last_night
from navigator.jobs.runner import once_per_slot
from navigator.jobs.tables import JobRun
from navigator.records import erasures_file, retention
from navigator.records.tables import Erasure, RetentionRun
from navigator.tickets.redaction import Redaction

MERGED_AT_ONCE = 300
"""Pages of the index of one transaction."""
_MERGE = text("INSERT INTO message_words(message_words, rank) VALUES ('merge', :pages)")


def _claim_only(_session: Session, _now: datetime) -> None:
    """Claim tonight's slot: what is removed has transactions of its own."""


_claim = once_per_slot("retention", last_night, _claim_only)


def keep_periods() -> int:
    """Remove what is past its days, once a night, in whichever process."""
    return retention.run(clock.now()) if _claim() else 0


def purge() -> int:
    """After words were removed: merge the index until no mark of them is left, and empty the log.

    PostgreSQL does so by itself (autovacuum), and what it dumps never holds rows that are gone.
    """
    with database.reading() as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        newest = max((at for at in _removals(session) if at), default=None)
        done = select(func.count()).where(col(JobRun.job) == "purge", col(JobRun.slot_at) == newest)
        if not is_sqlite or newest is None or session.scalar(done):
            return 0
    for _ in _merge_index():
        pass
    if not database.truncate_log():  # somebody reads for long: it is tried again
        return 0
    with database.writing() as session:
        session.add(JobRun(job="purge", slot_at=newest, ended_at=clock.now()))
    return 1


def write_erasures() -> int:
    """Write what was erased beside the database, for a restore of an older copy."""
    return erasures_file.write_file()


def _removals(session: Session) -> Iterator[datetime | None]:
    for column in (Redaction.created_at, Erasure.erased_at, RetentionRun.ran_at):
        yield session.scalar(select(func.max(col(column))))


def _merge_index() -> Iterator[int]:
    """Merge all of the index into one part, step by step; each step a transaction of its own."""
    pages = -MERGED_AT_ONCE  # less than nothing begins with everything
    while True:
        with database.writing() as session:
            before = session.scalar(text("SELECT total_changes()")) or 0
            session.connection().execute(_MERGE, {"pages": pages})
            changes = (session.scalar(text("SELECT total_changes()")) or 0) - before
        yield changes
        if changes < 2:
            return
        pages = MERGED_AT_ONCE
