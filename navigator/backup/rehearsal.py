"""Rehearsal of a backup: restored into a database beside, which is gone afterwards, and compared."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, make_url, text
from sqlmodel import select

import migrations
from navigator import database
from navigator.attachments import storage
from navigator.attachments.attachment import Attachment
from navigator.backup import archive, sqlite_copy
from navigator.backup.archive import ATTACHMENTS, DATABASE, Manifest
from navigator.errors import Invalid, Unavailable
from navigator.settings import settings

_COUNTED = {"tickets": "ticket", "messages": "message", "events": "event", "changes": "change"}
"""What a person reads of a rehearsal: how many rows of these came back."""


def rehearse(file: Path) -> dict[str, Any]:
    """Restore a backup into a scratch database, bring it up to date and compare it; what was found.

    Refused, with a sentence, where it does not hold what was counted when it was made."""
    url, data_dir = settings().database, settings().data_dir
    with archive.workplace(data_dir) as place:
        _refuse_without_space(file, place)
        manifest = archive.read(file, place)
        if manifest.engine != make_url(url).get_backend_name():
            raise Invalid(f"This is a backup of {manifest.engine}, and the database here is another.")
        if not migrations.is_known(manifest.revision):
            raise Invalid("This backup was made by a newer desk.")
        with _restored(place, url, manifest) as scratch:
            _bring_up_to_date(scratch)
            return _compare(scratch, manifest, place / ATTACHMENTS)


def _refuse_without_space(file: Path, place: Path) -> None:
    needed, free = 2 * archive.unpacked_size(file), shutil.disk_usage(place).free
    if free < needed:
        raise Unavailable(
            f"The rehearsal needs {megabytes(needed)} in the data folder, and {megabytes(free)} are free."
        )


def megabytes(size: int) -> str:
    """A size in bytes as people read it."""
    return f"{max(1, round(size / 1e6)):,} MB"


@contextmanager
def _restored(place: Path, url: str, manifest: Manifest) -> Iterator[str]:
    """The address of a scratch database with the backup in it; dropped at the end, however that goes."""
    if manifest.engine == "sqlite":
        file = place / "rehearsal.db"
        sqlite_copy.restore(place / DATABASE, file, manifest.rows, overwrite=False)
        yield f"sqlite:///{file}"
    else:
        from navigator.backup import postgresql_dump  # psycopg, of no use to SQLite

        with postgresql_dump.scratch(url) as scratch:
            postgresql_dump.restore(place / DATABASE, scratch, manifest.rows, overwrite=False)
            yield scratch


def _bring_up_to_date(scratch: str) -> None:
    with _connected(scratch) as connection:
        is_done = migrations.is_at_head(connection)
    if not is_done:
        migrations.upgrade(scratch)


def _compare(scratch: str, manifest: Manifest, files: Path) -> dict[str, Any]:
    with _connected(scratch) as connection:
        found: dict[str, Any] = {
            name: _scalar(connection, f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
            for name, table in _COUNTED.items()
        }
        found["last_event_at"] = str(_scalar(connection, "SELECT max(at) FROM event") or "")
        names = set(connection.scalars(text("SELECT name FROM attachment")))
    found["rows"], found["tables"] = sum(manifest.rows.values()), len(manifest.rows)
    for name, table in _COUNTED.items():
        if found[name] != manifest.rows.get(table):
            raise Invalid(f"Of {manifest.rows.get(table)} {name} {found[name]} came back.")
    return found | {"files": _compare_files(names, files)}


def _compare_files(names: set[str], files: Path) -> int:
    """How many pictures and PDFs came back, all that the desk still needs; none of an S3 store."""
    if not isinstance(storage.storage(), storage.Folder):
        return 0
    lost = {name for name in names if not _is_readable(files / name)}
    if lost:
        with database.reading() as session:  # what was let go since then is missed by nobody
            needed: set[str] = set(session.exec(select(Attachment.name)))
        lost &= needed
    if lost:
        raise Invalid(f"Of {len(names)} pictures and PDFs {len(lost)} are not in the backup.")
    return len(names)


def _is_readable(file: Path) -> bool:
    """Whether there is something in it; that it is what was stored its hash has said already."""
    return file.exists() and file.stat().st_size > 0


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _scalar(connection: Connection, query: str) -> Any:
    return connection.execute(text(query)).scalar()
