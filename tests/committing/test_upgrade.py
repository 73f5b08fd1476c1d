"""An upgrade: its pre-flight, what it says will be locked, and the way back by a backup of before."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

import migrations
from navigator import clock, database, preflight, scheduler
from navigator.backup import copies
from navigator.settings import settings
from tests.committing.test_backup import command, report, rows, use
from tests.people import settle

pytestmark = pytest.mark.slow


NEXT = '''"""A step that comes after all others."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9000", "{newest}"

def upgrade():
    op.add_column("ticket", sa.Column("next", sa.String()))
    op.execute("UPDATE reporter SET email = email")
'''


@pytest.fixture
def one_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A desk that has one step more than its database."""
    newest = migrations.files()[-1].name.split("_")[0]
    copied = shutil.copytree(migrations._HERE, tmp_path / "migrations")
    (copied / "versions" / "9000_next.py").write_text(NEXT.format(newest=newest))
    monkeypatch.setattr(migrations, "_HERE", copied)


@pytest.fixture
def old(committing: str, one_more: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A desk with a service of real people; its address."""
    use(monkeypatch, committing, tmp_path / "here")
    with database.writing() as session:
        settle(session)
    report()
    database.close()
    return committing


def _is_up_to_date(url: str) -> bool:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = migrations.is_at_head(connection)
    engine.dispose()
    return found


def test_without_a_way_back_nothing_is_changed(old: str) -> None:
    said = command("migrate", status=2)
    assert "Nothing was changed. There is no backup of this database that is younger than 24 hours" in said
    assert not _is_up_to_date(old)
    said = command("migrate", "--without-backup")
    assert "there is no way back" in said
    assert _is_up_to_date(old)
    assert command("migrate") == "The database is up to date.\n", "and nothing is left to do"


def test_a_young_backup_of_the_same_steps_is_the_way_back(
    old: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "before.backup"
    copies.backup(file)
    before = rows(old)
    database.close()
    assert "younger than 24 hours" in command("migrate", "--check", status=2)
    clock.set_to(clock.now() + timedelta(hours=30))
    assert "younger than 24 hours" in command("migrate", "--backup", str(file), status=2)
    monkeypatch.setenv("NAVIGATOR_BACKUP_DIR", str(tmp_path))
    settings.cache_clear()
    (tmp_path / "newer.backup").mkdir()  # nor is one to be read that root made by hand
    said = command("migrate", "--backup-hours", "31")
    assert "The way back: before.backup" in said
    assert "9000  A step that comes after all others." in said
    assert "nobody can write" in said or "nobody can use: reporter, ticket." in said
    assert _is_up_to_date(old)
    database.close()
    copies.restore(file, overwrite=True)
    after = rows(old)
    assert {name: len(found) for name, found in after.items()} == {
        name: len(found) for name, found in before.items()
    }
    assert after["message"] == before["message"]


def test_a_desk_that_runs_is_not_upgraded_under_its_feet(old: str) -> None:
    with database.writing() as session:
        scheduler.acquire_lease(session, "host:42:abc", clock.now())
    database.close()
    said = command("migrate", "--without-backup", status=2)
    assert "A desk runs on it (host:42:abc). Stop every process of the desk" in said
    assert _is_up_to_date(old) is False
    command("migrate", "--without-backup", "--while-running")
    assert _is_up_to_date(old)


@pytest.mark.only_on("sqlite")
def test_a_disk_without_room_stops_it(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usage: Any = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    assert "of disk may be needed, and 1 MB are free" in command("migrate", "--without-backup", status=2)


def test_a_newer_database_is_not_touched(old: str) -> None:
    engine = create_engine(old)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert "of a newer desk" in command("migrate", "--without-backup", status=2)


@pytest.fixture
def empty(fresh: Any, one_more: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    with fresh("nobody_yet") as url:
        use(monkeypatch, url, tmp_path / "empty")
        yield url


def test_where_nobody_works_yet_nothing_is_asked_for(empty: str) -> None:
    assert command("migrate") == "The database is up to date.\n"
    assert _is_up_to_date(empty)


def test_each_step_names_the_tables_that_it_changes() -> None:
    steps = {step.revision: step for step in preflight.pending("0000")}
    assert set(steps["0052"].tables) == {"daycount", "ticket", "countedday"}
    assert steps["0052"].title.startswith("Counts of a day are kept by who reported")
