"""Schedule of backups: one each night, the newest rehearsed each month, old ones let go, failures kept."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.backup import copies, rehearsal
from navigator.backup.rotation import Rotation
from navigator.backup.tables import BackupRun, RunKind
from navigator.clock import local, london_time
from navigator.errors import Refused, Unavailable
from navigator.safe_logging import exception_location
from navigator.settings import settings

TRY_AGAIN_AFTER = timedelta(hours=1)
"""After which a backup or a rehearsal that did not work is tried again; a rehearsal then ever less often."""

REHEARSED_AGAIN_WITHIN = timedelta(days=1)
"""The longest wait: each rehearsal takes the whole backup apart, on the machine that serves people."""

GIVEN_UP_AFTER = timedelta(hours=6)
"""After which one that did not end is taken for dead: its process was killed."""

log = structlog.get_logger("desk.backup")

Facts = Mapping[str, Any]
"""What is written down of a run that worked, by column."""


def run_due() -> int:
    """Make the backup of tonight, then rehearse the newest of this month, where that was not done yet."""
    if not settings().backup_dir:
        return 0
    now = clock.now()
    made = _run(RunKind.BACKUP, last_slot(now), _back_up)
    return made + _run(RunKind.REHEARSAL, this_month(now), _rehearse_newest)


def last_slot(now: datetime) -> datetime:
    """The hour of the night at which the last backup was due."""
    at, today = time(settings().backup_hour), local(now).date()
    tonight = london_time(today, at)
    return tonight if tonight <= now else london_time(today - timedelta(days=1), at)


def this_month(now: datetime) -> datetime:
    """The beginning of the month, for which one rehearsal is due."""
    return london_time(local(now).date().replace(day=1), time(0))


def _run(kind: RunKind, slot_at: datetime, do: Callable[[], Facts]) -> int:
    """Do it unless it was done for this slot; no transaction is open while it is done."""
    run_id = _claim(kind, slot_at)
    if run_id is None:
        return 0
    try:
        facts = do()
    except Exception as error:
        facts = {"problem": reason(error)}
        log.error("backup failed", kind=kind, problem=facts["problem"], error=exception_location(error))
    with database.writing() as session:
        run = session.get_one(BackupRun, run_id)
        run.ended_at = clock.now()
        for name, value in facts.items():
            setattr(run, name, value)
        if kind is RunKind.BACKUP and run.is_good:
            _let_old_ones_go(session)
    return 1


def _claim(kind: RunKind, slot_at: datetime) -> int | None:
    """Begin a try, if one is due: the first of its slot, or again an hour after one that failed."""
    now = clock.now()
    with database.writing() as session:
        tries = select(BackupRun).where(BackupRun.kind == kind, BackupRun.slot_at == slot_at)
        last = session.exec(tries.order_by(col(BackupRun.attempt).desc()).with_for_update()).first()
        if last and (last.is_good or now < _next_try(last)):
            return None
        if kind is RunKind.REHEARSAL and newest_good(session, RunKind.BACKUP) is None:
            return None
        run = BackupRun(kind=kind, slot_at=slot_at, attempt=last.attempt + 1 if last else 1, began_at=now)
        session.add(run)
        session.flush()
        return run.id


def _next_try(last: BackupRun) -> datetime:
    if last.ended_at is None:
        return last.began_at + GIVEN_UP_AFTER
    if last.kind == RunKind.BACKUP:
        return last.ended_at + TRY_AGAIN_AFTER
    doubled = min(last.attempt - 1, 5)
    return last.ended_at + min(TRY_AGAIN_AFTER * (1 << doubled), REHEARSED_AGAIN_WITHIN)


def _back_up() -> Facts:
    file = folder() / f"navigator-{local(clock.now()):%Y-%m-%d-%H%M%S}.backup"
    copies.backup(file)
    return {"file": file.name, "size": file.stat().st_size}


def _rehearse_newest() -> Facts:
    with database.reading() as session:
        newest = newest_good(session, RunKind.BACKUP)
    file = folder() / newest.file if newest else None
    if file is None or not file.exists():
        raise Unavailable("The newest backup is not in its folder any more.")
    return {"file": file.name, "size": file.stat().st_size, "found": rehearsal.rehearse(file)}


def folder() -> Path:
    """Where backups are kept; it must be there, or a disk that was not mounted would be filled."""
    found = Path(settings().backup_dir)
    if not found.is_dir():
        raise Unavailable(f"There is no folder {found} (NAVIGATOR_BACKUP_DIR).")
    return found


def reason(error: Exception) -> str:
    """Why something did not work, in words that hold nothing of what people wrote."""
    if isinstance(error, Refused):
        return error.message
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return (
        "The database does not answer." if isinstance(error, database.STORAGE_DOWN) else type(error).__name__
    )


def newest_good(session: Session, kind: RunKind) -> BackupRun | None:
    """The newest run of a kind that ended well."""
    good = (BackupRun.kind == kind, col(BackupRun.ended_at).is_not(None), BackupRun.problem == "")
    return session.exec(
        select(BackupRun).where(*good).order_by(col(BackupRun.began_at).desc(), col(BackupRun.id).desc())
    ).first()


def _let_old_ones_go(session: Session) -> None:
    """Delete what the rotation does not keep; only files of the schedule, by their rows."""
    session.flush()
    mine = (BackupRun.kind == RunKind.BACKUP, BackupRun.file != "", col(BackupRun.deleted_at).is_(None))
    runs = session.exec(select(BackupRun).where(*mine, BackupRun.problem == "")).all()
    wanted = settings()
    rotation = Rotation(wanted.backup_keep_daily, wanted.backup_keep_weekly, wanted.backup_keep_monthly)
    kept = rotation.kept(run.began_at for run in runs)
    for run in runs:
        if run.began_at not in kept:
            (folder() / run.file).unlink(missing_ok=True)
            run.deleted_at = clock.now()
