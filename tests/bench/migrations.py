"""How long each migration takes, and for how long it locks tables, in a desk with 200,000 tickets.

`python -m tests.bench.migrations --engine postgresql`, as JSON.

A database is made at the step of the last release and filled through its own tables, whatever they were then;
each later step is then run as `navigator migrate` runs it, in a transaction of its own, and measured. A lock
lasts from the first statement that changes a table (PostgreSQL locks it until the commit) to the end.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, date, datetime
from time import perf_counter
from typing import Any

from alembic import command
from sqlalchemy import Column, Connection, Engine, MetaData, Table, create_engine, event, inspect, text

import migrations
from navigator import preflight
from navigator.settings import settings
from tests import postgres_server
from tests.bench.crowd import TEXTS

TICKETS = 200_000
MOST_SECONDS = 5.0
BATCH = 5_000
MANY = {"reporter": 1, "ticket": 1, "message": 2, "event": 3, "outbox": 1}
"""Rows of these tables to a ticket; every other one gets a single row, to be kept."""
EXAMPLES: dict[type, Any] = {
    str: "words",
    int: 1,
    float: 1.0,
    bool: False,
    object: {},
    bytes: b"x",
    datetime: datetime(2026, 6, 9, 9, tzinfo=UTC),
    date: date(2026, 6, 9),
}


def measure(engine: str, tickets: int, since: str, *, at_once: bool = False) -> dict[str, Any]:
    """Seconds of each step since one, and seconds for which it locks what people write."""
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            return _measure(f"sqlite:///{folder}/bench.db", tickets, since, at_once)
        with (
            postgres_server.running(postgres_server.AS_SERVED) as server,
            postgres_server.copy(server, "bench") as url,
        ):
            return _measure(url, tickets, since, at_once)


def _measure(url: str, tickets: int, since: str, at_once: bool) -> dict[str, Any]:
    _step(url, since)
    engine = create_engine(url)
    with engine.begin() as connection:
        filled = _fill(connection, tickets)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    names = ["head"] if at_once else [step.revision for step in preflight.pending(since)]
    steps = {name: _timed(url, name) for name in names}
    with engine.connect() as connection:
        kept = {name: _count(connection, name) for name in filled}
    engine.dispose()
    assert kept == filled, "a step lost rows"
    slow = {revision: found for revision, found in steps.items() if found["locked"] > MOST_SECONDS}
    return {"tickets": tickets, "rows": filled, "steps": steps, "above 5 s": slow}


def _step(url: str, revision: str) -> None:
    command.upgrade(migrations.config(url, compares=False), revision)


def _timed(url: str, revision: str) -> dict[str, float]:
    """How long a step took, and from its first change to the end."""
    changed_at: list[float] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("ALTER", "UPDATE", "INSERT", "DELETE", "CREATE", "DROP")):
            changed_at.append(perf_counter())

    event.listen(Engine, "before_cursor_execute", note)
    began = perf_counter()
    _step(url, revision)
    ended = perf_counter()
    event.remove(Engine, "before_cursor_execute", note)
    locked = ended - min(changed_at) if changed_at else 0.0
    return {"seconds": round(ended - began, 2), "locked": round(locked, 2)}


def _fill(connection: Connection, tickets: int) -> dict[str, int]:
    """Rows for every table, in the order of their foreign keys."""
    metadata = MetaData()
    metadata.reflect(connection)
    tables = [
        each for each in metadata.sorted_tables if not each.name.startswith(("alembic", "message_words"))
    ]
    for table in tables:
        if _count(connection, table.name):
            continue
        rows = _rows(connection, table, tickets * MANY.get(table.name, 0) or 1)
        while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
            connection.execute(table.insert(), batch)
    return {table.name: _count(connection, table.name) for table in tables}


def _rows(connection: Connection, table: Table, count: int) -> Iterator[dict[str, Any]]:
    checks = [str(check["sqltext"]) for check in inspect(connection).get_check_constraints(table.name)]
    columns = [column for column in table.columns if not column.computed]
    for n in range(1, count + 1):
        yield {column.name: _example(column, checks, n, count) for column in columns}


def _example(column: Column[Any], checks: list[str], n: int, count: int) -> Any:
    kind = column.type.python_type
    if column.foreign_keys:
        to = next(iter(column.foreign_keys)).column.table.name
        per_ticket = count // TICKETS_OF[0] if count > 1 and to in ("ticket", "reporter") else 0
        return None if column.nullable and not per_ticket else (n - 1) // per_ticket + 1 if per_ticket else 1
    if column.name in ("number", "id", "origin_number") and kind is int:
        return n
    if column.name == "body":
        return TEXTS[n % len(TEXTS)]
    of_column = [check for check in checks if check.strip('( "').startswith(column.name)]
    allowed = [value for check in of_column for value in check.split("'")[1::2]]
    if allowed:
        return allowed[n % len(allowed)] if count > 1 else allowed[0]
    return f"{column.name} {n}" if kind is str and count > 1 else EXAMPLES[kind]


TICKETS_OF = [TICKETS]


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar() or 0)  # noqa: S608


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--tickets", type=int, default=TICKETS)
    asked.add_argument("--since", default="0036", help="the step of the last release")
    asked.add_argument("--at-once", action="store_true", help="all steps in one transaction, as people do it")
    given = asked.parse_args()
    TICKETS_OF[0] = given.tickets
    os.environ.update(NAVIGATOR_LOG_LEVEL="error")
    settings.cache_clear()
    with redirect_stdout(sys.stderr):
        found = measure(given.engine, given.tickets, given.since, at_once=given.at_once)
    json.dump(found, sys.stdout, indent=2)
    print()
