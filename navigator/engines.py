"""Engines: how SQLite and PostgreSQL are opened, to read and to write."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool

from navigator import private_files
from navigator.writer_lock import PATIENCE_SECONDS, WriterLock

READERS = 16
WRITERS = 8
CONNECTIONS = READERS + WRITERS + 1
"""The most that one process opens to PostgreSQL: one more listens for changes, while pages are open."""
LONG_PATIENCE_SECONDS = 60.0
"""How long who is patient waits on SQLite until no other writes."""
_CONNECT = {"connect_timeout": 3}

# To compile a report of many figures took PostgreSQL a second, and to count them a tenth of it; to begin
# processes for one row of a million that it took for thousands, six milliseconds.
_READING = "-c plan_cache_mode=force_generic_plan -c jit=off -c parallel_setup_cost=100000"

# What people wrote must not stand in the message of an error, and so in a log.
_DISCREET: dict[str, Any] = {"hide_parameters": True}


def engines_for(url: str, *, is_patient: bool = False) -> tuple[Engine, Engine]:
    """A reading and a writing engine for a database URL; a patient one waits for long statements."""
    return _sqlite(url, is_patient) if url.startswith("sqlite") else _postgresql(url, is_patient)


def _sqlite(url: str, is_patient: bool) -> tuple[Engine, Engine]:
    file = make_url(url).database
    if file:
        _make_private(Path(file))
    patience = LONG_PATIENCE_SECONDS if is_patient else PATIENCE_SECONDS
    # One writer of this process at a time waits here, in order, and then by a lock for those of others.
    read, write = (
        create_engine(
            url,
            poolclass=QueuePool,
            pool_size=size,
            max_overflow=0,
            connect_args={"check_same_thread": False, "timeout": patience},
            **_DISCREET,
        )
        for size in (READERS, 1)
    )
    if file:
        lock = WriterLock(Path(file), patience)
        event.listen(write, "begin", lambda _connection: lock.take())
        event.listen(write, "checkin", lambda _connection, _record: lock.let_go())
    for engine, begin in ((read, "BEGIN"), (write, "BEGIN IMMEDIATE")):
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _beginner(begin))
    return read, write


def _make_private(file: Path) -> None:
    private_files.make_folder(file.parent)
    private_files.make_file(file)  # what SQLite puts beside it gets the mode of the file
    for ending in ("-wal", "-shm"):
        private_files.close_to_others(Path(f"{file}{ending}"))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten
        "cache_size=-8000",
        "mmap_size=268435456",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _beginner(statement: str) -> Any:
    return lambda connection: connection.exec_driver_sql(statement)


def _postgresql(url: str, is_patient: bool) -> tuple[Engine, Engine]:
    read = create_engine(
        url,
        pool_size=READERS,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        connect_args={"prepare_threshold": 0, "options": _READING, **_CONNECT},
        **_DISCREET,
    )
    write = create_engine(
        url,
        pool_size=WRITERS,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={**_CONNECT},
        **_DISCREET,
    )
    from navigator.postgresql_connection import connect, note_read_only  # 9 MB, that SQLite does not pay

    event.listen(write, "handle_error", note_read_only, retval=True)
    for engine in () if is_patient else (read, write):
        event.listen(engine, "do_connect", connect)
    return read, write
