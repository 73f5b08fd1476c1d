"""Database sessions and transactions, and the base of tables: the only module that begins or commits one."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    CheckConstraint,
    Engine,
    Index,
    MetaData,
    Result,
    TextClause,
    inspect,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import attributes, configure_mappers, make_transient_to_detached
from sqlalchemy.orm.util import identity_key
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, SQLModel

from navigator import prepared
from navigator.engines import engines_for
from navigator.settings import settings
from navigator.writer_lock import writing_alone

STORAGE_DOWN = (InterfaceError, OperationalError, PoolTimeout)
"""Exceptions when the database is down, locked for too long, or the pool has no connection left."""

_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

MEMO = "memo"
"""Where a session of one transaction keeps what `transaction_memo` remembers."""


ONLY_READS = "only reads"
"""Where a session says that nothing of it is ever saved."""
_KNOWN = "connection of a transaction"
Row = TypeVar("Row", bound="Table")


class Table(SQLModel):
    """The base of every table: one metadata, a naming convention for constraints, equality by identity."""

    metadata = MetaData(naming_convention=_NAMES)
    model_config = {"defer_build": True}  # a table validates nothing
    __hash__ = object.__hash__

    # SQLModel drops a keyword that no column has, and with it what somebody said.
    if not TYPE_CHECKING:

        def __init__(self, **columns: Any) -> None:
            if unknown := columns.keys() - type(self).model_fields.keys():
                raise TypeError(f"{type(self).__name__} has no column {', '.join(sorted(unknown))}")
            values, factories = _defaults(type(self))
            self.__dict__.update(values)
            self.__dict__.update({name: make() for name, make in factories.items() if name not in columns})
            for name, value in columns.items():
                object.__setattr__(self, name, value)

        # SQLModel has Pydantic set each value a second time, which takes four times as long.
        def __setattr__(self, name: str, value: Any) -> None:
            if name in type(self).model_fields:
                object.__setattr__(self, name, value)
            else:
                super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        return self is other


@cache
def _defaults(table: type[Table]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """What a new row holds in columns that are not named: values, and what makes one anew for each row."""
    optional = {name: field for name, field in table.model_fields.items() if not field.is_required()}
    factories: dict[str, Any] = {name: field.default_factory for name, field in optional.items()}
    values = {name: field.default for name, field in optional.items() if factories[name] is None}
    return values, {name: make for name, make in factories.items() if make is not None}


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """A CHECK constraint that a text column holds a value of an enum."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def partial_index(name: str, *columns: str | TextClause, where: str, unique: bool = False) -> Index:
    """An index of those rows alone for which a condition holds, on both engines."""
    sqlite_where, postgresql_where = (text(where.format(true=true)) for true in ("1", "true"))
    return Index(name, *columns, unique=unique, sqlite_where=sqlite_where, postgresql_where=postgresql_where)


def append(session: Session, table: type[Table], **columns: Any) -> None:
    """Write a row that its transaction asks for no more, at once: the ORM takes three times as long."""
    insert, names = _append(table)
    values, factories = _defaults(table)
    row = values | {name: make() for name, make in factories.items() if name not in columns} | columns
    ask(session, insert, **{names[name]: value for name, value in row.items() if name != "id"})


@cache
def _append(table: type[Table]) -> tuple[Any, dict[str, str]]:
    """The INSERT, and the columns' names by those of their attributes."""
    mapper: Any = inspect(table)
    names = {attribute.key: attribute.columns[0].name for attribute in mapper.column_attrs}
    return mapper.local_table.insert().inline(), names


def add(session: Session, row: Table) -> None:
    """Write a new row at once and keep it in its session: the ORM takes three times as long.

    Its key is drawn by the database. Nobody who listens for flushes hears of it.
    """
    if session.in_nested_transaction():  # which may be taken back: the ORM then lets go of its rows
        session.add(row)
        session.flush()
        return
    insert, names = _add(type(row))
    key = ask(session, insert, **{names[name]: getattr(row, name) for name in names}).scalar_one()
    attributes.set_committed_value(row, _key(type(row)), key)
    make_transient_to_detached(row)
    session.add(row)


@cache
def _add(table: type[Table]) -> tuple[Any, dict[str, str]]:
    """The INSERT that says which key was drawn, and the columns' names without it."""
    insert, names = _append(table)
    key = _key(table)
    return insert.returning(insert.table.c[names[key]]), {a: b for a, b in names.items() if a != key}


@cache
def _key(table: type[Table]) -> str:
    """The attribute that holds the key of a table."""
    mapper: Any = inspect(table)
    (column,) = mapper.primary_key
    key: str = mapper.get_property_by_column(column).key
    return key


_INSERTS: dict[str, Callable[[Any], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert(session: Session, table: type[Table]) -> Any:
    """An INSERT that may say ON CONFLICT, in the dialect of the session's engine."""
    return _INSERTS[session.get_bind().dialect.name](table)


def upsert(session: Session, build: Callable[[Callable[[Any], Any]], Any]) -> Any:
    """An INSERT that is built once for each dialect, with parameters, by a function of `insert` alone."""
    return _built(build, session.get_bind().dialect.name)


@cache
def _built(build: Callable[[Callable[[Any], Any]], Any], dialect: str) -> Any:
    return build(_INSERTS[dialect])


class _Bound:
    """The engines (or, in tests, the connection) that the sessions of this process are bound to."""

    read: Engine | Connection | None = None
    write: Engine | Connection | None = None


def bind(read: Engine | Connection | None, write: Engine | Connection | None) -> None:
    """Bind all sessions to these engines from now on; None means to those of the settings."""
    _Bound.read, _Bound.write = read, write


def _bound() -> tuple[Engine | Connection, Engine | Connection]:
    if _Bound.read is None or _Bound.write is None:
        _Bound.read, _Bound.write = engines_for(settings().database)
    return _Bound.read, _Bound.write


def configure_tables() -> None:
    """Make the tables ready to be asked, which else happens at the first question."""
    configure_mappers()


def connections_in_use() -> dict[str, tuple[int, int]]:
    """How many connections of each pool of this process are in use, and how many there can be."""
    pools = {"read": getattr(_Bound.read, "pool", None), "write": getattr(_Bound.write, "pool", None)}
    return {name: (one.checkedout(), one.size()) for name, one in pools.items() if isinstance(one, QueuePool)}


def close() -> None:
    """Close the connections; what SQLite has in its log goes into the file, which is then whole by itself."""
    for engine in (_Bound.read, _Bound.write):
        if isinstance(engine, Engine):
            engine.dispose()
    truncate_log()


def truncate_log() -> bool:
    """Put what SQLite has in its log into the file, and empty the log: old pages stand in it until then.

    Returns whether it is empty: not if somebody read or wrote for too long.
    """
    if not isinstance(_Bound.write, Engine) or _Bound.write.dialect.name != "sqlite":
        return True
    file = _Bound.write.url.database or ""
    with (
        suppress(PoolTimeout),
        writing_alone(Path(file)),
        closing(_connect_without_patience(file)) as connection,
    ):
        is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy
    return False


def _connect_without_patience(file: str) -> sqlite3.Connection:
    """A connection that waits for nobody: meanwhile nobody could write, and who failed tries again."""
    return sqlite3.connect(file, timeout=0.2)


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only session; whatever it changes is rolled back."""
    with Session(_bound()[0], autoflush=False, **_of_one_transaction(only_reads=True)) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A session with one transaction: committed at the end, rolled back if anything is raised."""
    with Session(_bound()[1], **_of_one_transaction()) as session, session.begin():
        yield session


def _of_one_transaction(only_reads: bool = False) -> dict[str, Any]:
    return {"join_transaction_mode": "create_savepoint", "info": {MEMO: {}, ONLY_READS: only_reads}}


def ask(session: Session, statement: Any, **parameters: Any) -> Result[Any]:
    """Plain rows of a statement that is built once, with its parameters: no row of the ORM is looked for."""
    if session.autoflush:
        session.flush()
    return prepared.run(_connection(session), statement, parameters)


def _connection(session: Session) -> Connection:
    """The connection of a session’s transaction; SQLAlchemy looks at each request whether it is in order."""
    transaction = session.get_transaction()
    known: tuple[Any, Connection] | None = session.info.get(_KNOWN)
    if known and known[0] is transaction and transaction.is_active and not session.in_nested_transaction():
        return known[1]
    connection = session.connection()
    session.info[_KNOWN] = session.get_transaction(), connection
    return connection


def known_row(session: Session, table: type[Row], id: int) -> Row | None:
    """The row that a session has read before; None if it would have to ask."""
    found: Row | None = session.identity_map.get(identity_key(table, id))
    return None if found is None or inspect(found).expired else found


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
