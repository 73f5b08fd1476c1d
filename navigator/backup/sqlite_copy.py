"""Copies of an SQLite database: hot, by SQLite's own backup, so that what stands in its log is in them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from navigator import private_files
from navigator.errors import Conflict, Invalid, NotFound, Unavailable

PATIENCE_SECONDS = 60
LEFT_BESIDE = ("-wal", "-shm", "-journal")


def dump(source: Path, to: Path) -> tuple[str, dict[str, int]]:
    """Copy a database that others write to, as it is at one moment; returns its migration and its rows."""
    if not source.exists():
        raise NotFound(f"There is no database {source} yet.")
    private_files.make_file(to)
    with _opened(f"{source.absolute().as_uri()}?mode=ro") as live, _opened(to.absolute().as_uri()) as copy:
        live.backup(copy)  # in one step, and so of one moment; it keeps nobody from writing
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        return _inspect(copy)


def restore(dumped: Path, to: Path, rows: dict[str, int], *, overwrite: bool) -> None:
    """Put a copy in the place of a database; refused while it is in use, or filled and not to be replaced."""
    with _opened(dumped.absolute().as_uri()) as copy:
        if _inspect(copy)[1] != rows:
            raise Invalid("This backup does not hold the rows that were counted when it was made.")
    if to.exists():
        _let_go(to, overwrite=overwrite)
    private_files.make_folder(to.parent)
    dumped.replace(to)
    for ending in LEFT_BESIDE:
        Path(f"{to}{ending}").unlink(missing_ok=True)


def _inspect(connection: sqlite3.Connection) -> tuple[str, dict[str, int]]:
    """The migration of a sound copy, and the rows of each table."""
    if (said := connection.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
        raise Invalid(f"The database is damaged: {said}")
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    tables = [str(name) for (name,) in connection.execute(names)]
    rows = {table: _count(connection, table) for table in tables}
    if "alembic_version" not in rows:
        raise Invalid("This database is not one of the desk.")
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    return str(revision), rows


def _count(connection: sqlite3.Connection, table: str) -> int:
    count = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608 - a name of the file
    return int(count[0])


def _let_go(database: Path, *, overwrite: bool) -> None:
    with _opened(database.absolute().as_uri(), patience=1) as there:
        try:
            there.execute("PRAGMA journal_mode=DELETE")  # only while nobody else has it open
            state = "not empty" if _is_filled(there) else ""
        except sqlite3.OperationalError:
            raise Conflict("The desk is running on this database. Stop it first.") from None
        except sqlite3.DatabaseError:  # what a backup is for
            state = "damaged"
    if state and not overwrite:
        raise Conflict(f"This database is {state}: nothing was restored. Say --overwrite to replace it.")


def _is_filled(there: sqlite3.Connection) -> bool:
    tables = {name for (name,) in there.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return any(_count(there, table) for table in ("user", "service", "ticket") if table in tables)


@contextmanager
def _opened(uri: str, patience: int = PATIENCE_SECONDS) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=patience)) as connection:
            yield connection
    except sqlite3.DatabaseError as error:  # a full disk, or no database at all
        raise Unavailable(f"SQLite could not do this, and nothing was changed: {error}") from None
