"""Backup and restore, rehearsed: under load, counted back row by row, and refused where that is due."""

import errno
import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from stat import S_IMODE
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlmodel import select
from typer.testing import CliRunner

from navigator import cli, database
from navigator.attachments import storage
from navigator.attachments.attachment import Attachment, Kind
from navigator.attachments.storage import new_name
from navigator.backup import copies
from navigator.engines import engines_for
from navigator.errors import Conflict, Invalid, Unavailable
from navigator.outbox.outbox_message import OutboxMessage
from navigator.settings import settings
from navigator.tickets.reports import drafts
from navigator.tickets.ticket import Ticket
from tests.committing.processes import PATIENCE
from tests.engines import Fresh
from tests.navigator.tickets.report_factory import tell
from tests.people import settle

pytestmark = pytest.mark.slow


@pytest.fixture
def here(committing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An installation with people in it; its address."""
    use(monkeypatch, committing, tmp_path / "here")
    with database.writing() as session:
        settle(session)
    settings().signing_key()
    return committing


@pytest.fixture
def there(fresh: Fresh, here: str) -> Iterator[str]:
    """The address of another database, migrated and empty."""
    with fresh("restored") as url:
        yield url


def use(monkeypatch: pytest.MonkeyPatch, url: str, folder: Path) -> None:
    monkeypatch.setenv("NAVIGATOR_DATABASE_URL", url)
    monkeypatch.setenv("NAVIGATOR_DATA_DIR", str(folder))
    settings.cache_clear()


def report() -> int:
    """Somebody reports: each with an address of their own, for one gets so many letters a day."""
    with database.writing() as session:
        return tell(session, contact={"route": "email", "email": f"{uuid4().hex}@example.org"}).number


def wait_for(is_so: Callable[[], bool]) -> None:
    end = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < end, "this did not happen"
        sleep(0.01)


def rows(url: str) -> dict[str, list[Any]]:
    """Every row of every table, in one order."""
    engine = create_engine(url)
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: sorted(map(repr, connection.execute(table.select())))
            for name, table in metadata.tables.items()
        }
    engine.dispose()
    return found


def test_a_backup_under_load_is_of_one_moment_and_comes_back_row_by_row(
    here: str, there: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """11.D4."""
    stop, confirmed = Event(), list[int]()

    def go_on() -> None:
        while not stop.is_set() and len(confirmed) < 2000:
            confirmed.append(report())

    people = [Thread(target=go_on) for _ in range(3)]
    for one in people:
        one.start()
    wait_for(lambda: len(confirmed) >= 5)
    before = set(confirmed)
    copies.backup(tmp_path / "busy.backup")
    during = set(confirmed)
    wait_for(lambda: len(confirmed) > len(during) + 3)
    stop.set()
    for one in people:
        one.join()
    copies.backup(tmp_path / "quiet.backup")
    as_it_was, secret = rows(here), settings().signing_key()

    use(monkeypatch, there, tmp_path / "there")
    outcome = copies.restore(tmp_path / "quiet.backup")
    assert rows(there) == as_it_was
    assert outcome.rows == sum(map(len, as_it_was.values()))
    assert settings().signing_key() == secret

    database.close()
    copies.restore(tmp_path / "busy.backup", overwrite=True)
    read, write = engines_for(there)
    kept, told = tickets_and_letters(read)
    read.dispose()
    write.dispose()
    assert before <= kept <= set(confirmed)
    assert kept == told, "a report without its letter, or a letter without its report"
    assert modes(tmp_path) == {"busy.backup": 0o600, "quiet.backup": 0o600}


def test_pictures_are_in_it_and_come_back(
    here: str, there: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """15.3: the file, its thumbnail, and none that no row names."""
    name, stray = new_name(), new_name()
    for one in (name, name + storage.SMALL, stray):
        storage.storage().put(one, BytesIO(one.encode() * 100))
    with database.writing() as session:
        draft, _ = drafts.start_draft(session)
        session.flush()
        session.add(Attachment(name=name, kind=Kind.PICTURE, size=1, draft_hash=draft.token_hash))
    database.close()
    outcome = copies.backup(tmp_path / "one.backup")
    assert outcome.files == 1
    use(monkeypatch, there, tmp_path / "there")
    copies.restore(tmp_path / "one.backup")
    assert sorted(found for found, _ in storage.storage().names()) == [name, name + storage.SMALL]
    assert b"".join(storage.storage().read(name)) == name.encode() * 100
    file = settings().attachment_dir / name[:2] / name
    assert (S_IMODE(file.stat().st_mode), S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)


def tickets_and_letters(engine: Engine) -> tuple[set[int], set[int]]:
    database.bind(engine, engine)
    with database.reading() as session:
        kept = set(session.exec(select(Ticket.number)))
        told = set(
            session.exec(select(OutboxMessage.ticket_number).where(OutboxMessage.template == "received"))
        )
    database.bind(None, None)
    return kept, {number for number in told if number}


def modes(folder: Path) -> dict[str, int]:
    return {file.name: S_IMODE(file.stat().st_mode) for file in folder.iterdir() if file.is_file()}


def test_a_filled_database_or_another_secret_is_not_replaced_unless_told(
    here: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """11.D4: nor is one that somebody uses."""
    file = tmp_path / "one.backup"
    copies.backup(file)
    with pytest.raises(Conflict, match="already"):
        copies.backup(file)
    number = report()
    somebody = create_engine(here)
    with somebody.connect() as connection:
        connection.execute(text("SELECT number FROM ticket"))
        with pytest.raises(Conflict, match="running"):
            copies.restore(file, overwrite=True)
    somebody.dispose()
    with pytest.raises(Conflict, match="not empty"):
        copies.restore(file)
    (settings().data_dir / "secret.key").write_text("another")
    with pytest.raises(Conflict, match="another secret"):
        copies.restore(file)
    with database.reading() as session:
        assert session.get(Ticket, number)
    copies.restore(file, overwrite=True)
    assert "ticket" in rows(here)
    assert rows(here)["ticket"] == []
    assert settings().signing_key() != "another"


def test_what_is_no_whole_backup_is_refused_and_changes_nothing(here: str, tmp_path: Path) -> None:
    """11.D4."""
    good, bad = tmp_path / "good.backup", tmp_path / "bad.backup"
    copies.backup(good)
    before = rows(here)
    database.close()
    for content in (b"", b"words", good.read_bytes()[:-2000], _with_bad_compression(good.read_bytes())):
        bad.write_bytes(content)
        with pytest.raises(Invalid, match="not a whole backup"):
            copies.restore(bad, overwrite=True)
    with tarfile.open(good) as archive:
        archive.extractall(tmp_path / "apart", filter="data")
    (tmp_path / "apart" / "database").write_bytes(b"words")
    with tarfile.open(bad, "w:gz") as archive:
        archive.add(tmp_path / "apart", arcname=".")
        for name in ("manifest.json", "database"):
            archive.add(tmp_path / "apart" / name, arcname=name)
    with pytest.raises(Invalid, match="damaged"):
        copies.restore(bad, overwrite=True)
    assert rows(here) == before


def _with_bad_compression(content: bytes) -> bytes:
    """A file of which one half can be decompressed, and nothing after it."""
    whole, packer = gzip.decompress(content), zlib.compressobj(wbits=31)
    half = packer.compress(whole[: len(whole) // 2]) + packer.flush(zlib.Z_FULL_FLUSH)
    return half + b"\7" * 100  # a block of a kind that there is not


def test_a_disk_without_room_is_not_said_to_be_a_bad_backup(
    here: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Somebody who read that their backup is not whole would throw it away."""
    copies.backup(tmp_path / "good.backup")
    database.close()

    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("shutil.copyfileobj", no_space)
        said = command("restore", str(tmp_path / "good.backup"), "--overwrite", status=2)
    assert said == "No space left on device\n"


@pytest.mark.only_on("sqlite")
def test_a_database_that_is_broken_is_replaced_when_told(
    here: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is what a backup is for."""
    number, file = report(), Path(here.removeprefix("sqlite:///"))
    copies.backup(tmp_path / "good.backup")
    database.close()
    monkeypatch.setattr(database._Bound, "write", None)  # as in a process of its own
    for content in (b"words" * 1000, file.read_bytes()[:100] + b"\0" * 8000):
        file.write_bytes(content)
        with pytest.raises(Conflict, match="--overwrite"):
            copies.restore(tmp_path / "good.backup")
        assert file.read_bytes() == content
        copies.restore(tmp_path / "good.backup", overwrite=True)
        assert str(number) in rows(here)["ticket"][0]


@pytest.mark.only_on("sqlite")
def test_a_database_may_lie_on_another_disk_than_the_data_folder(
    here: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copies.backup(tmp_path / "good.backup")
    database.close()
    replace, disk = Path.replace, Path(here.removeprefix("sqlite:///")).parent

    def replace_on_one_disk(self: Path, to: Path) -> Path:
        if self.is_relative_to(disk) != Path(to).is_relative_to(disk):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", replace_on_one_disk)
    assert copies.restore(tmp_path / "good.backup", overwrite=True).has_secret
    assert settings().signing_key()


def test_a_backup_of_another_engine_or_a_newer_desk_is_refused(
    here: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """11.D4."""
    copies.backup(tmp_path / "one.backup")
    with monkeypatch.context() as patch:
        patch.setattr(copies, "_engine", lambda _: "other")
        with pytest.raises(Invalid, match="and the database here is other"):
            copies.restore(tmp_path / "one.backup", overwrite=True)
    engine = create_engine(here)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    copies.backup(tmp_path / "newer.backup")
    with pytest.raises(Invalid, match="newer desk"):
        copies.restore(tmp_path / "newer.backup", overwrite=True)


@pytest.mark.only_on("postgresql")
def test_without_postgresqls_programs_it_is_said_in_words(
    here: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """11.D4."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="pg_dump, pg_restore, psql cannot be found"):
        copies.backup(tmp_path / "one.backup")
    assert list(tmp_path.glob("*.backup*")) == []


@pytest.mark.only_on("sqlite")
def test_the_file_of_a_desk_that_was_stopped_is_whole_by_itself(here: str) -> None:
    """11.D4: a copy of navigator.db alone lost everything, which stood in the log beside it."""
    number, file = report(), Path(here.removeprefix("sqlite:///"))
    database.close()
    alone = file.with_name("alone.db")
    alone.write_bytes(file.read_bytes())
    found = rows(f"sqlite:///{alone}")
    assert len(found["ticket"]) == 1
    assert str(number) in found["ticket"][0]


def test_the_command_line_backs_up_and_restores(
    here: str, there: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """11.D4."""
    file = str(tmp_path / "one.backup")
    assert "Backed up to" in command("backup", file)
    assert "already" in command("backup", file, status=2)
    use(monkeypatch, there, tmp_path / "there")
    assert "Restored the desk as it was" in command("restore", file)
    assert without_commands(rows(there)) == without_commands(rows(here))
    assert "--overwrite" in command("restore", file, status=2)
    assert "Restored" in command("restore", file, "--overwrite")


def without_commands(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """All tables but the audit log and its intake, in which each command stands."""
    return {name: rows for name, rows in found.items() if name not in ("change", "spoolfile")}


def command(*words: str, status: int = 0) -> str:
    done = CliRunner().invoke(cli.app, words)
    database.close()  # a command is a process of its own, and leaves no connection behind
    assert done.exit_code == status, done.output
    return done.output
