"""All of the data folder is its owner's, whatever the mask of the process that made it."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest
from typer.testing import CliRunner

import migrations
from navigator import cli, private_files
from navigator.demo import fill
from navigator.demo.story import story
from navigator.engines import engines_for
from navigator.outbox import file_backend
from navigator.settings import close_data_dir, settings
from web.app import app


@pytest.fixture(autouse=True)
def _open_to_everybody() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def folder() -> Path:
    return settings().data_dir


def modes(folder: Path) -> dict[str, int]:
    """The mode of a folder and of all in it, by name."""
    return {
        str(path.relative_to(folder)): S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))
    }


def test_what_the_desk_makes_is_its_owners_alone(folder: Path) -> None:
    """11.D5: the database was 0644."""
    migrations.upgrade()
    settings().signing_key()
    fill._write_notes({person.name: "x" for person in story().people}, {}, "token")
    file_backend._write(settings().mail_dir / "one.eml", b"words")
    read, write = engines_for(settings().database)
    with write.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
        connection.exec_driver_sql("COMMIT")
        assert modes(folder) == {
            ".": 0o700,
            "navigator.db": 0o600,
            "navigator.db-wal": 0o600,
            "navigator.db-shm": 0o600,
            "navigator.db-next": 0o600,
            "navigator.db-writer": 0o600,
            "secret.key": 0o600,
            "demonstration.txt": 0o600,
            "mail": 0o700,
            "mail/one.eml": 0o600,
        }
    read.dispose()
    write.dispose()


def an_old_installation(folder: Path) -> None:
    (folder / "mail").mkdir(parents=True)
    for name in ("secret.key", "mail/one.eml", "old.backup", "backup.sh"):
        (folder / name).write_text("words")
    (folder / "backup.sh").chmod(0o755)
    sqlite3.connect(folder / "navigator.db").close()


MENDED = {
    ".": 0o700, "mail": 0o700, "backup.sh": 0o700,
    "secret.key": 0o600, "mail/one.eml": 0o600, "old.backup": 0o600, "navigator.db": 0o600,
}  # fmt: skip


def test_an_old_installation_is_mended_at_any_command(folder: Path) -> None:
    """11.D5."""
    an_old_installation(folder)
    assert CliRunner().invoke(cli.app, ["jobs", "run", "no such job"]).exit_code == 2
    assert MENDED.items() <= modes(folder).items()
    assert {mode & 0o077 for mode in modes(folder).values()} == {0}  # what the command itself wrote, too


def test_an_old_installation_is_mended_when_its_pages_are_served(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """11.D5: by whichever server."""
    an_old_installation(folder)
    seen = list[dict[str, int]]()

    def start() -> _Nothing:
        seen.append(modes(folder))
        return _Nothing()

    monkeypatch.setattr("navigator.scheduler.start", start)
    monkeypatch.setattr("web.app.FIRST_PAGES", 0)
    monkeypatch.setattr("web.app._get_ready", lambda: None)

    async def live() -> None:
        async with app.router.lifespan_context(app):
            while not seen:
                await asyncio.sleep(0.01)

    asyncio.run(live())
    assert seen == [MENDED]


class _Nothing:
    def stop(self) -> None:
        """Nothing runs."""


def test_what_lies_in_a_closed_folder_is_not_looked_through(folder: Path) -> None:
    """13: with a hundred thousand letters in it, each start took a second longer."""
    an_old_installation(folder)
    before = modes(folder)
    folder.chmod(0o700)
    close_data_dir()
    assert modes(folder) == before | {".": 0o700}
    folder.chmod(0o750)
    close_data_dir()
    assert MENDED.items() <= modes(folder).items()


def test_a_database_elsewhere_is_closed_to_others_and_its_folder_left(tmp_path: Path) -> None:
    """11.D5."""
    tmp_path.chmod(0o755)
    file = tmp_path / "own.db"
    file.touch(mode=0o644)
    for engine in engines_for(f"sqlite:///{file}"):
        engine.dispose()
    assert (S_IMODE(file.stat().st_mode), S_IMODE(tmp_path.stat().st_mode)) == (0o600, 0o755)


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """11.D5."""
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o755)
    (outside / "file").touch(mode=0o644)
    folder.mkdir(parents=True)
    (folder / "link").symlink_to(outside)
    (folder / "file").symlink_to(outside / "file")
    close_data_dir()
    private_files.close_to_others(folder / "link")
    assert modes(outside) == {".": 0o755, "file": 0o644}
