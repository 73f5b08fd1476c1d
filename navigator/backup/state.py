"""State of backups: how old the newest is, what went wrong, and what is missing, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from navigator import clock
from navigator.backup.schedule import newest_good
from navigator.backup.tables import BackupRun, RunKind
from navigator.dates_in_words import when
from navigator.settings import settings

MAX_AGE = timedelta(hours=30)
"""A night's backup and six hours in which it may be tried again."""

REHEARSED_WITHIN = timedelta(days=35)
SHOWN = 100
_NONE_ENDED = "What was begun never came to its end: look whether the process is killed."


@dataclass(frozen=True)
class Overview:
    """The state of the backups: what is wrong, the newest that is good, and the runs, newest first."""

    problem: str
    newest: BackupRun | None
    made: Sequence[BackupRun]
    rehearsals: Sequence[BackupRun]


def what_is_wrong(session: Session, now: datetime) -> str:
    """What is wrong with the backups that the desk makes itself; empty where nothing is."""
    if not settings().backup_dir:
        return ""
    return " ".join(filter(None, (_backup(session, now), _rehearsal(session, now))))


def _backup(session: Session, now: datetime) -> str:
    good, last = newest_good(session, RunKind.BACKUP), _last(session, RunKind.BACKUP)
    if good and now - MAX_AGE < good.began_at:
        return ""
    if last is None and not _was_begun_before(session, RunKind.BACKUP, now - MAX_AGE):
        return ""
    since = (
        f"No backup has been made since {when(good.began_at)}." if good else "No backup could be made yet."
    )
    return f"{since} {last.problem if last else _NONE_ENDED}".rstrip()


def _rehearsal(session: Session, now: datetime) -> str:
    good, last = newest_good(session, RunKind.REHEARSAL), _last(session, RunKind.REHEARSAL)
    if last and last.problem:
        return f"The rehearsal of the backup failed {when(last.began_at)}. {last.problem}"
    if good and now - REHEARSED_WITHIN > good.began_at:
        return f"No backup has been rehearsed since {when(good.began_at)}."
    if last is None and _was_begun_before(session, RunKind.REHEARSAL, now - MAX_AGE):
        return f"No backup could be rehearsed yet. {_NONE_ENDED}"
    return ""


def _was_begun_before(session: Session, kind: RunKind, at: datetime) -> bool:
    """Whether one was begun before a moment: where none has ended since, each was killed."""
    begun = select(BackupRun.id).where(BackupRun.kind == kind, col(BackupRun.began_at) < at)
    return session.exec(begun.limit(1)).first() is not None


def is_rehearsed(session: Session) -> bool:
    """Whether a backup came back as it was made, not long ago, and none has failed to since."""
    good, last = newest_good(session, RunKind.REHEARSAL), _last(session, RunKind.REHEARSAL)
    is_recent = good is not None and clock.now() - REHEARSED_WITHIN < good.began_at
    return is_recent and not (last and last.problem)


def _last(session: Session, kind: RunKind) -> BackupRun | None:
    """The last run of a kind that has ended."""
    ended = (BackupRun.kind == kind, col(BackupRun.ended_at).is_not(None))
    return session.exec(
        select(BackupRun).where(*ended).order_by(col(BackupRun.began_at).desc(), col(BackupRun.id).desc())
    ).first()


def overview(session: Session) -> Overview:
    """All that administrators see of it."""
    problem, newest = what_is_wrong(session, clock.now()), newest_good(session, RunKind.BACKUP)
    return Overview(problem, newest, _list(session, RunKind.BACKUP), _list(session, RunKind.REHEARSAL))


def _list(session: Session, kind: RunKind) -> Sequence[BackupRun]:
    query = select(BackupRun).where(BackupRun.kind == kind)
    return session.exec(
        query.order_by(col(BackupRun.began_at).desc(), col(BackupRun.id).desc()).limit(SHOWN)
    ).all()
