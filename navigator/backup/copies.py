"""Backup of an installation into one file while it runs, and its restore in the place of an empty one."""

import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

import migrations
from navigator import clock, database, private_files
from navigator.attachments import storage
from navigator.attachments.attachment import Attachment
from navigator.backup import archive, sqlite_copy
from navigator.backup.archive import ATTACHMENTS, DATABASE, SECRET, Manifest
from navigator.errors import Conflict, Invalid
from navigator.records import erasures_file
from navigator.settings import settings


@dataclass(frozen=True)
class Outcome:
    """What was backed up or restored, and whether the secret that signs cookies was among it."""

    manifest: Manifest
    has_secret: bool
    erased: int = 0
    """How many people who were erased since were erased once more."""

    @property
    def files(self) -> int:
        """How many pictures and PDFs are in it."""
        return sum("." not in name for name in self.manifest.attachments)

    @property
    def rows(self) -> int:
        """How many rows there are, in all tables."""
        return sum(self.manifest.rows.values())


def backup(file: Path) -> Outcome:
    """Write the database, as it is at one moment, and the secret to a new file of its owner alone."""
    if file.exists():
        raise Conflict(f"There is a file {file} already. Choose another name.")
    with archive.workplace(file.absolute().parent) as place:
        dumped, made_at, url = place / DATABASE, clock.now(), settings().database
        if _engine(url) == "sqlite":
            revision, rows = sqlite_copy.dump(_sqlite_file(url), dumped)
        else:
            from navigator.backup import postgresql_dump  # psycopg, of no use to SQLite

            revision, rows = postgresql_dump.dump(url, dumped)
        secret = _secret_file()
        if secret:
            private_files.make_file(place / SECRET).write_bytes(secret.read_bytes())
        manifest = Manifest(engine=_engine(url), revision=revision, made_at=made_at, rows=rows)
        manifest = archive.write(file.absolute(), place, manifest, _stored_files(place, rows))
    return Outcome(manifest, secret is not None)


def restore(file: Path, *, overwrite: bool = False) -> Outcome:
    """Put a backup in the place of the installation's database and secret; an older one is then migrated."""
    url, data_dir = settings().database, settings().data_dir
    is_sqlite = _engine(url) == "sqlite"
    if not is_sqlite or _sqlite_file(url).exists():
        _keep_erasures()
    # Beside what it replaces: from another disk it could not be put there in one step.
    with archive.workplace(_sqlite_file(url).absolute().parent if is_sqlite else data_dir) as place:
        manifest = archive.read(file, place)
        _refuse_unless_it_fits(manifest, url)
        secret = place / SECRET if (place / SECRET).exists() else None
        _refuse_other_secret(secret, overwrite=overwrite)
        dumped = place / DATABASE
        _put_files(place / ATTACHMENTS)  # before the rows that name them
        if is_sqlite:
            sqlite_copy.restore(dumped, _sqlite_file(url), manifest.rows, overwrite=overwrite)
        else:
            from navigator.backup import postgresql_dump

            postgresql_dump.restore(dumped, url, manifest.rows, overwrite=overwrite)
        if secret:
            _put_secret(secret.read_bytes(), data_dir)
    migrations.upgrade()
    erased = erasures_file.repeat_all()
    database.close()
    return Outcome(manifest, secret is not None, erased)


def _keep_erasures() -> None:
    """Write down who was erased before the database that knows is replaced, be it old or broken."""
    with suppress(SQLAlchemyError):
        erasures_file.write_file()
    with suppress(sqlite3.DatabaseError):
        database.close()


def _stored_files(place: Path, rows: dict[str, int]) -> list[Path]:
    """The files of rows of about now, where they lie on this disk: of an S3 store others make copies."""
    store = storage.storage()
    if Attachment.__tablename__ not in rows or not isinstance(store, storage.Folder):
        return []  # a database of before is backed up as it is
    with database.reading() as session:
        names = set(session.exec(select(Attachment.name)))
    found = (store.path(name + ending) for name in names for ending in ("", storage.SMALL))
    return [*filter(None, (_copy(path, archive.files_of(place) / path.name) for path in found))]


def _copy(path: Path, to: Path) -> Path | None:
    """A file where nobody deletes it meanwhile; None if it is gone, or a PDF has no thumbnail."""
    try:
        shutil.copyfile(path, private_files.make_file(to))
    except FileNotFoundError:
        to.unlink()
        return None
    return to


def _put_files(folder: Path) -> None:
    for file in sorted(folder.glob("*")):
        with file.open("rb") as content:
            storage.storage().put(file.name, content)


def _engine(url: str) -> str:
    return make_url(url).get_backend_name()


def _sqlite_file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _secret_file() -> Path | None:
    """The file with the secret, if it is kept in one: made by now, since links and cookies hang on it."""
    if settings().secret.get_secret_value():
        return None
    settings().signing_key()
    return settings().data_dir / SECRET


def _put_secret(secret: bytes, data_dir: Path) -> None:
    with archive.workplace(data_dir) as place:
        file = private_files.make_file(place / SECRET)
        file.write_bytes(secret)
        file.replace(data_dir / SECRET)


def _refuse_unless_it_fits(manifest: Manifest, url: str) -> None:
    if manifest.engine != _engine(url):
        words = f"This is a backup of {manifest.engine}, and the database here is {_engine(url)}"
        raise Invalid(f"{words}: let NAVIGATOR_DATABASE_URL name one of {manifest.engine}.")
    if not migrations.is_known(manifest.revision):
        raise Invalid("This backup was made by a newer desk. Install that version first.")


def _refuse_other_secret(secret: Path | None, *, overwrite: bool) -> None:
    there = settings().data_dir / SECRET
    is_other = secret and there.exists() and secret.read_bytes() != there.read_bytes()
    if is_other and not overwrite:
        raise Conflict(f"{there} holds another secret. Say --overwrite to replace it with the backup’s.")
