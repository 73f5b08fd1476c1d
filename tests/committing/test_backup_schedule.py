"""Backups by schedule: made and rehearsed by the desk itself, rotated, and loud when they fail."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlmodel import col, select

from navigator import clock, database, go_live_check
from navigator.attachments import storage
from navigator.attachments.attachment import Attachment, Kind
from navigator.attachments.storage import new_name
from navigator.backup import rehearsal, schedule, state
from navigator.backup.tables import BackupRun, RunKind
from navigator.errors import Unavailable
from navigator.settings import settings
from navigator.tickets.reports import drafts
from tests.committing.test_backup import here, report, rows  # noqa: F401 - the fixture

pytestmark = pytest.mark.slow

NIGHT = datetime(2026, 6, 9, 1, 30, tzinfo=UTC)  # half past two in London


@pytest.fixture
def folder(here: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:  # noqa: F811
    """Where backups go, with a desk in the night."""
    found = tmp_path / "backups"
    found.mkdir()
    monkeypatch.setenv("NAVIGATOR_BACKUP_DIR", str(found))
    settings.cache_clear()
    clock.set_to(NIGHT)
    return found


def runs(kind: RunKind) -> list[BackupRun]:
    with database.reading() as session:
        found = session.exec(
            select(BackupRun).where(BackupRun.kind == kind).order_by(col(BackupRun.id))
        ).all()
        session.expunge_all()
    return list(found)


def wrong() -> str:
    with database.reading() as session:
        return state.what_is_wrong(session, clock.now())


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_one_is_made_each_night_and_one_is_rehearsed_each_month(folder: Path) -> None:
    report()
    assert schedule.run_due() == 2
    assert schedule.run_due() == 0
    assert files(folder) == ["navigator-2026-06-09-023000.backup"]
    (rehearsed,) = runs(RunKind.REHEARSAL)
    assert rehearsed.problem == ""
    assert (rehearsed.found["tickets"], rehearsed.found["messages"]) == (1, 1)
    assert str(rehearsed.found["last_event_at"]).startswith("2026-06-09 01:30")
    assert wrong() == ""
    clock.set_to(NIGHT + timedelta(days=1))
    assert schedule.run_due() == 1, "the backup alone: this month's rehearsal was done"
    clock.set_to(NIGHT + timedelta(days=25))
    assert schedule.run_due() == 2, "in July there is another"
    with database.reading() as session:
        said = {str(each): each.ok for each in go_live_check.findings(session)}
    assert said["A backup was restored beside and compared in the last 35 days"]


def test_old_ones_go_and_nothing_else(folder: Path) -> None:
    (folder / "navigator-by-hand.backup").write_text("mine")
    for night in range(12):
        clock.set_to(NIGHT + timedelta(days=night))
        schedule.run_due()
    kept = [name for name in files(folder) if name.startswith("navigator-2026")]
    days = [int(name[18:20]) for name in kept]
    assert days == [14, 15, 16, 17, 18, 19, 20], "seven days; the Sunday of the week before is among them"
    assert "navigator-by-hand.backup" in files(folder)
    assert sum(run.deleted_at is not None for run in runs(RunKind.BACKUP)) == 5


def test_a_failure_is_loud_and_tried_again_after_an_hour(folder: Path) -> None:
    schedule.run_due()
    clock.set_to(NIGHT + timedelta(days=1))
    moved = folder.rename(folder.with_name("not-mounted"))
    assert schedule.run_due() == 1
    assert schedule.run_due() == 0
    assert runs(RunKind.BACKUP)[-1].problem == f"There is no folder {folder} (NAVIGATOR_BACKUP_DIR)."
    assert wrong() == "", "yesterday's is not too old yet"
    clock.set_to(NIGHT + timedelta(days=1, hours=7))
    assert schedule.run_due() == 1
    assert wrong() == (
        "No backup has been made since 2:30am on Tuesday 9 June. "
        f"There is no folder {folder} (NAVIGATOR_BACKUP_DIR)."
    )
    moved.rename(folder)
    clock.set_to(NIGHT + timedelta(days=1, hours=9))
    assert schedule.run_due() == 1
    assert wrong() == ""


def test_a_rehearsal_that_fails_is_tried_ever_less_often(folder: Path) -> None:
    schedule._run(RunKind.BACKUP, schedule.last_slot(NIGHT), schedule._back_up)
    (file,) = folder.iterdir()
    file.write_bytes(b"damaged")

    def tries(hours: int) -> int:
        clock.set_to(NIGHT + timedelta(hours=hours))
        return schedule._run(RunKind.REHEARSAL, schedule.this_month(NIGHT), schedule._rehearse_newest)

    assert [hour for hour in range(100) if tries(hour)] == [0, 1, 3, 7, 15, 31, 55, 79]


def test_what_was_killed_is_tried_again(folder: Path) -> None:
    assert schedule._claim(RunKind.BACKUP, schedule.last_slot(NIGHT)) is not None
    assert schedule.run_due() == 0, "it may still run, elsewhere"
    clock.set_to(NIGHT + timedelta(hours=7))
    assert schedule.run_due() == 2
    assert len(files(folder)) == 1


@pytest.mark.parametrize("kind", RunKind)
def test_what_is_killed_each_time_is_not_silent(folder: Path, kind: RunKind) -> None:
    if kind is RunKind.REHEARSAL:
        schedule._run(RunKind.BACKUP, schedule.last_slot(NIGHT), schedule._back_up)
    for tries in range(4):
        clock.set_to(NIGHT + timedelta(hours=tries * 7))
        assert schedule._claim(kind, schedule.last_slot(NIGHT)) is not None
        assert wrong() == ""
    clock.set_to(NIGHT + timedelta(hours=31))
    assert "be made yet" in wrong() or "be rehearsed yet" in wrong()
    assert "look whether the process is killed" in wrong()


@pytest.mark.only_on("postgresql")
def test_a_database_of_somebody_with_the_name_of_ours_is_left_as_it_is(folder: Path) -> None:
    schedule._run(RunKind.BACKUP, schedule.last_slot(NIGHT), schedule._back_up)
    (file,) = folder.iterdir()
    name = f"{make_url(settings().database).database}_rehearsal"
    admin = create_engine(settings().database, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        with pytest.raises(Unavailable, match="left as it is"):
            rehearsal.rehearse(file)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}"'))
        admin.dispose()
    assert rehearsal.rehearse(file)["tickets"] == 0
    assert rehearsal.rehearse(file)["tickets"] == 0


def test_a_rehearsal_misses_a_row_a_byte_and_a_picture(folder: Path) -> None:
    name = new_name()
    storage.storage().put(name, BytesIO(b"picture" * 100))
    with database.writing() as session:
        draft, _ = drafts.start_draft(session)
        session.flush()
        session.add(Attachment(name=name, kind=Kind.PICTURE, size=1, draft_hash=draft.token_hash))
    schedule.run_due()
    assert runs(RunKind.REHEARSAL)[0].found["files"] == 1
    (file,) = folder.iterdir()

    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(content)
    clock.set_to(NIGHT + timedelta(days=25))
    schedule._run(RunKind.REHEARSAL, schedule.this_month(clock.now()), schedule._rehearse_newest)
    assert wrong().split(" at ")[0].startswith("No backup has been made since")
    assert "The rehearsal of the backup failed" in wrong()

    clock.set_to(NIGHT + timedelta(days=1))
    storage.storage().delete(name)
    with database.writing() as session:
        session.add(BackupRun(kind=RunKind.BACKUP, slot_at=clock.now(), attempt=9, **schedule._back_up()))
    with pytest.raises(Exception, match="Of 1 pictures and PDFs 1 are not in the backup"):
        rehearsal.rehearse(max(folder.iterdir()))


@pytest.mark.only_on("postgresql")
def test_a_role_that_may_make_no_database_is_told_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = create_engine(settings().database, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE ROLE plain LOGIN"))
        connection.execute(text("GRANT pg_read_all_data TO plain"))
    schedule.run_due()
    url = make_url(settings().database).set(username="plain").render_as_string()
    monkeypatch.setenv("NAVIGATOR_DATABASE_URL", url)
    settings.cache_clear()
    (file,) = folder.iterdir()
    with pytest.raises(Unavailable, match="ALTER ROLE plain CREATEDB"):
        rehearsal.rehearse(file)
    with admin.connect() as connection:
        connection.execute(text("DROP ROLE plain"))
        names = connection.scalars(text("SELECT datname FROM pg_database")).all()
    admin.dispose()
    assert not [name for name in names if name.endswith("_rehearsal")]
