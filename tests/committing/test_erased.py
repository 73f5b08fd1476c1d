"""Who was erased is found by grep in no file: database, dump, pictures; and a restore erases them again."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import Session, select

from navigator import database
from navigator.attachments import storage, sweep
from navigator.attachments.attachment import Attachment, Kind
from navigator.attachments.storage import new_name
from navigator.backup import archive, copies
from navigator.jobs import kept_records
from navigator.people import login
from navigator.records import erasures_file, requests
from navigator.records.identifiers import keyed_hash
from navigator.records.requests import FindInput
from navigator.settings import settings
from navigator.tickets.ticket import Message
from tests.navigator.records.planted import EMAIL, NAME, SIGNS, plant
from tests.people import settle

pytestmark = pytest.mark.slow

PICTURE = b"picture of zebulon quill"


@pytest.fixture
def folder(committing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An installation with the person in every table, and a backup of before they were erased."""
    monkeypatch.setenv("NAVIGATOR_DATABASE_URL", committing)
    monkeypatch.setenv("NAVIGATOR_DATA_DIR", str(tmp_path / "desk"))
    settings.cache_clear()
    with database.writing() as session:
        people = settle(session)
        plant(session, people, but=("change",))  # of which a database may let nothing be changed
        message = session.exec(select(Message)).one()
        name = new_name()
        storage.storage().put(name, BytesIO(PICTURE))
        session.add(Attachment(name=name, kind=Kind.PDF, size=len(PICTURE), message_id=message.id))
    copies.backup(tmp_path / "before")
    yield tmp_path
    database.close()


def erase() -> None:
    with database.writing() as session:
        manager = login.actor_of(session, _manager(session))
        assert manager
        request = requests.begin(session, manager, FindInput(who=f"{EMAIL}\n{NAME}\n07700 900982"))
        found = requests.found_of(session, manager, request)
        request.mentions = [each.key for each in found.mentions if not (each.is_setting or each.stays)]
        session.flush()
        requests.erase_person(session, manager, request.id)


def _manager(session: Session) -> int:
    query = text("SELECT user_id FROM membership WHERE role = 'manager'")
    return int(session.connection().execute(query).scalar_one())


def named(folder: Path, which: str = "*") -> list[str]:
    """The files in which the person stands, by bytes."""
    files = [file for file in folder.rglob(which) if file.is_file()]
    return [file.name for file in files if any(sign.encode() in file.read_bytes().lower() for sign in SIGNS)]


def test_they_are_in_no_file(folder: Path, committing: str) -> None:
    erase()
    kept_records.purge()
    kept_records.write_erasures()
    sweep.delete_unneeded()
    database.close()
    (folder / "before").unlink()
    copies.backup(folder / "after")
    with archive.workplace(folder / "look") as place:
        archive.read(folder / "after", place)
        assert named(place) == []
    assert named(folder) == []
    if committing.startswith("sqlite"):
        file = Path(committing.removeprefix("sqlite:///"))
        assert named(file.parent, f"{file.name}*") == []  # other tests have files beside it


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("folder")
def test_while_somebody_reads_from_the_log_it_is_not_called_empty() -> None:
    """What was removed stands in it; it was taken for emptied, and not tried again."""
    erase()
    with database.reading() as session:
        session.exec(select(Message.id)).all()
        assert kept_records.purge() == 0
    assert kept_records.purge() == 1
    assert kept_records.purge() == 0


def test_a_restore_of_before_erases_them_once_more(folder: Path, committing: str) -> None:
    erase()
    kept_records.write_erasures()
    outcome = copies.restore(folder / "before", overwrite=True)
    assert outcome.erased == 1
    engine = create_engine(committing)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT body FROM message")).scalars().all() == ["[removed]"]
        assert connection.execute(text("SELECT email FROM reporter")).scalars().all() == [""]
        assert connection.execute(text("SELECT count(*) FROM supportcard")).scalar_one() == 0
        kept = "SELECT known FROM problem UNION ALL SELECT body FROM supplierentry"
        assert not any(sign in str(row).lower() for row in connection.execute(text(kept)) for sign in SIGNS)
    engine.dispose()
    assert erasures_file.repeat_all() == 0


def test_what_is_written_beside_the_database_names_nobody(folder: Path) -> None:
    erase()
    assert kept_records.write_erasures() == 1
    assert kept_records.write_erasures() == 0
    words = erasures_file.file_of().read_text().lower()
    assert not any(sign in words for sign in SIGNS)
    assert keyed_hash("zebulon quill") in words
