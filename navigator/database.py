"""Database engines, sessions and transactions: the only module that begins or commits a transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, SQLModel

from navigator import private_files
from navigator.settings import settings

READERS = 16
WRITERS = 8

_CONNECT = {"connect_timeout": 3}

STORAGE_DOWN = (InterfaceError, OperationalError, PoolTimeout)
"""Exceptions when the database is down, locked for too long, or the pool has no connection left."""

_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# To compile a report of many figures took PostgreSQL a second, and to count them a tenth of it.
_READING = "-c plan_cache_mode=force_generic_plan -c jit=off"


# What people wrote must not stand in the message of an error, and so in a log.
_DISCREET: dict[str, Any] = {"hide_parameters": True}


class Table(SQLModel):
    """The base of every table: one metadata, a naming convention for constraints, equality by identity."""

    metadata = MetaData(naming_convention=_NAMES)
    __hash__ = object.__hash__

    # SQLModel drops a keyword that no column has, and with it what somebody said.
    if not TYPE_CHECKING:

        def __init__(self, **columns: Any) -> None:
            if unknown := columns.keys() - type(self).model_fields.keys():
                raise TypeError(f"{type(self).__name__} has no column {', '.join(sorted(unknown))}")
            super().__init__(**columns)

    def __eq__(self, other: object) -> bool:
        return self is other


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """A CHECK constraint that a text column holds a value of an enum."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def insert(session: Session, table: type[Table]) -> Any:
    """An INSERT that may say ON CONFLICT, in the dialect of the session's engine."""
    dialects = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    return dialects[session.get_bind().dialect.name](table)


class _Bound:
    """The engines (or, in tests, the connection) that the sessions of this process are bound to."""

    read: Engine | Connection | None = None
    write: Engine | Connection | None = None


def bind(read: Engine | Connection | None, write: Engine | Connection | None) -> None:
    """Bind all sessions to these engines from now on; None means to those of the settings."""
    _Bound.read, _Bound.write = read, write


def engines(url: str, *, is_patient: bool = False) -> tuple[Engine, Engine]:
    """A reading and a writing engine for a database URL; a patient one waits for long statements."""
    return _sqlite(url) if url.startswith("sqlite") else _postgresql(url, is_patient)


def _sqlite(url: str) -> tuple[Engine, Engine]:
    if file := make_url(url).database:
        _make_private(Path(file))
    arguments = {"check_same_thread": False, "timeout": 5}
    read = create_engine(
        url, poolclass=QueuePool, pool_size=READERS, max_overflow=0, connect_args=arguments, **_DISCREET
    )
    # One writer at a time waits its turn here, in order; SQLite's own waiting starves some for seconds.
    write = create_engine(
        url, poolclass=QueuePool, pool_size=1, max_overflow=0, connect_args=arguments, **_DISCREET
    )
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
        "busy_timeout=5000",
        "foreign_keys=ON",
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
    from navigator.postgresql_connection import connect  # 9 MB, that a desk on SQLite does not pay

    for engine in () if is_patient else (read, write):
        event.listen(engine, "do_connect", connect)
    return read, write


def _bound() -> tuple[Engine | Connection, Engine | Connection]:
    if _Bound.read is None or _Bound.write is None:
        _Bound.read, _Bound.write = engines(settings().database)
    return _Bound.read, _Bound.write


def close() -> None:
    """Close the connections; what SQLite has in its log goes into the file, which is then whole by itself."""
    for engine in (_Bound.read, _Bound.write):
        if isinstance(engine, Engine):
            engine.dispose()
    if isinstance(_Bound.write, Engine) and _Bound.write.dialect.name == "sqlite":
        with closing(sqlite3.connect(_Bound.write.url.database or "", timeout=5)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only session; whatever it changes is rolled back."""
    with Session(_bound()[0], autoflush=False, join_transaction_mode="create_savepoint") as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A session with one transaction: committed at the end, rolled back if anything is raised."""
    with Session(_bound()[1], join_transaction_mode="create_savepoint") as session, session.begin():
        yield session


@contextmanager
def as_one() -> Iterator[None]:
    """Run all transactions of this process as savepoints of one, which is committed whole or not at all."""
    read, write = _bound()
    assert isinstance(write, Engine)  # noqa: S101 - it is not begun within another one
    with write.begin() as connection:
        bind(connection, connection)
        try:
            yield
        finally:
            bind(read, write)


@contextmanager
def trial(session: Session) -> Iterator[None]:
    """A savepoint that is rolled back at the end (dry run); the rest of the transaction is not."""
    with session.begin_nested() as part:
        yield
        part.rollback()
