"""How Alembic reaches the database: whole or not at all, and one process at a time, on both engines."""

from collections.abc import Mapping
from typing import Any, Literal
from warnings import filterwarnings

from alembic import context
from sqlalchemy import JSON, Column, Connection, MetaData

from migrations import is_at_head
from navigator.engines import engines_for
from navigator.settings import settings
from navigator.tickets.queue import search_index

ONE_AT_A_TIME = 20_260_402  # any number will do, but always this one
_BY_HAND = {("index", "message", "ix_message_words"), ("column", "message", "words")}


def run() -> None:
    """Do what was asked for in one transaction."""
    filterwarnings("ignore", ".*expression-based index")  # SQLite reads none back, of any table beside
    compares = context.config.attributes.get("compares", True)
    engines = engines_for(context.config.attributes.get("url") or settings().database, is_patient=True)
    try:
        with engines[1].connect() as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            if is_sqlite:
                _let_tables_be_replaced(connection)
            with connection.begin():
                if not is_sqlite:
                    _wait_for_others(connection)
                context.configure(
                    connection=connection,
                    target_metadata=_tables() if compares else None,
                    render_as_batch=is_sqlite,
                    compare_server_default=_differs,
                    render_item=_plainly,
                    include_name=_is_declared,
                )
                context.run_migrations()
                _index_what_was_said(connection)
                if is_sqlite:
                    _refuse_orphans(connection)
    finally:
        for engine in engines:
            engine.dispose()


def _tables() -> MetaData:
    from navigator.models import metadata

    return metadata


def _differs(
    _context: Any, _found: Any, column: Column[Any], found: str | None, _declared: Any, declared: str | None
) -> bool | None:
    """Whether a default is another than declared: PostgreSQL cannot compare two of JSON. None: as always."""
    if isinstance(column.type, JSON) and found and declared:
        return found.removesuffix("::json") != declared
    return None


def _let_tables_be_replaced(connection: Connection) -> None:
    # SQLite alters a table by copying and dropping it: with foreign keys on, that empties its children.
    # The pragma does nothing inside a transaction, so it goes past SQLAlchemy, which would begin one.
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.close()


def _index_what_was_said(connection: Connection) -> None:
    """Split the words of messages of before: what is indexed must be split as it is asked for, today."""
    if is_at_head(connection):
        search_index.index_all(connection)


def _refuse_orphans(connection: Connection) -> None:
    if orphan := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError(f"A migration left a row of {orphan[0]} pointing at nothing in {orphan[2]}")


def _wait_for_others(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
    # Better to fail and be run again than to stop the desk behind somebody's long transaction.
    connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")


def _plainly(kind: str, item: object, _: object) -> str | Literal[False]:
    # A migration is history: it names what the database has, not the library of the day.
    plain = {"AutoString": "sa.String()", "UTCDateTime": "sa.DateTime(timezone=True)"}
    return plain.get(type(item).__name__, False) if kind == "type" else False


def _is_declared(name: str | None, kind: str, of: Mapping[Any, str | None]) -> bool:
    # The index of words is written by hand, for each engine in its own way: no table of the code declares it.
    by_hand = (kind, of.get("table_name"), name) in _BY_HAND
    return not by_hand and not (kind == "table" and (name or "").startswith("message_words"))


run()
