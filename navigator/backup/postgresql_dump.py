"""Dumps of a PostgreSQL database: by its own programs pg_dump, pg_restore and psql, at one snapshot."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine, make_url

from navigator import private_files
from navigator.errors import Conflict, Invalid, Unavailable

PROGRAMS = ("pg_dump", "pg_restore", "psql")
LONGEST_SECONDS = 5 * 3600
"""For which one of them may run: a server that does not answer any more would hold up the job for ever."""
EMPTY_FIRST = "SET LOCAL lock_timeout = '10s'; DROP SCHEMA public CASCADE; CREATE SCHEMA public"

_MAY_NOT = (
    "The rehearsal needs a database of its own, and the role {role} may not make one. Let it: "
    "ALTER ROLE {role} CREATEDB. Or rehearse by hand on another machine."
)

_SCRATCH: LiteralString = "'made by Navigator Desk for a rehearsal: it may be dropped'"

_TABLES = """SELECT table_name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"""
_OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND usename = current_user AND backend_type = 'client backend'"""


def dump(url: str, to: Path) -> tuple[str, dict[str, int]]:
    """Dump a database that others write to, as it is at one moment; returns its migration and its rows."""
    _require_programs()
    private_files.make_file(to)
    with _connected(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        rows = count_rows(connection)
        if "alembic_version" not in rows:
            raise Invalid("This database is not one of the desk.")
        revision = str(_one(connection, "SELECT version_num FROM alembic_version"))
        words = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"]
        _run(url, [*words, f"--snapshot={snapshot}", f"--file={to}"])
    return revision, rows


def restore(dumped: Path, url: str, rows: dict[str, int], *, overwrite: bool) -> None:
    """Put a dump in the place of a database, whole or not at all; refused as on SQLite."""
    _require_programs()
    with _connected(url) as connection:
        _refuse_if_used(connection, overwrite=overwrite)
    script = private_files.make_file(dumped.with_suffix(".sql"))
    words = ["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dumped)]
    _run("", words)  # to a file: a script that breaks off in a pipe would be committed as it is
    words = ["psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1"]
    _run(url, [*words, "--single-transaction", f"--command={EMPTY_FIRST}", f"--file={script}"])
    with _connected(url) as connection:
        if count_rows(connection) != rows:
            raise Invalid("The restored database does not hold the rows that were counted in the backup.")


def count_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """The rows of each table."""
    count = sql.SQL("SELECT count(*) FROM public.{}")
    tables = [str(name) for (name,) in connection.execute(_TABLES)]
    return {table: int(_one(connection, count.format(sql.Identifier(table)))) for table in tables}


@contextmanager
def scratch(url: str) -> Iterator[str]:
    """The address of an empty database on the same server, which is dropped at the end.

    Refused with what to do where the desk's role may make none, and where one of that name is somebody's."""
    name = f"{make_url(url).database}_rehearsal"
    with _at_once(url) as connection:
        _refuse_if_somebodys(connection, name)
        connection.execute(_order("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))  # of one that was killed
        try:
            connection.execute(_order("CREATE DATABASE {} TEMPLATE template0", name))
        except psycopg.errors.InsufficientPrivilege:
            raise Unavailable(_MAY_NOT.format(role=connection.info.user)) from None
        connection.execute(_order("COMMENT ON DATABASE {} IS " + _SCRATCH, name))
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with _at_once(url) as connection:
            connection.execute(_order("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def _refuse_if_somebodys(connection: psycopg.Connection[Any], name: str) -> None:
    """Refuse where a database has the name of ours and was made for no rehearsal: it is not ours to drop."""
    query = "SELECT quote_literal(shobj_description(oid, 'pg_database')) FROM pg_database WHERE datname = %s"
    found = connection.execute(query, [name]).fetchone()
    if found and found[0] != _SCRATCH:
        raise Unavailable(
            f"There is a database {name}, which no rehearsal made: it was left as it is. The rehearsal needs "
            "this name. If nobody needs that database, drop it; else give it another name."
        )


def _order(statement: LiteralString, name: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(name))


@contextmanager
def _at_once(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection of which each statement is a transaction, as databases are made and dropped."""
    with _connected(url) as connection:
        connection.autocommit = True
        yield connection


def _refuse_if_used(connection: psycopg.Connection[Any], *, overwrite: bool) -> None:
    if _one(connection, _OTHERS):
        raise Conflict("The desk is running on this database. Stop it first.")
    rows = count_rows(connection)
    if any(rows.get(table) for table in ("user", "service", "ticket")) and not overwrite:
        raise Conflict("This database is not empty: nothing was restored. Say --overwrite to replace it.")


def _one(connection: psycopg.Connection[Any], query: Any) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        connection = psycopg.connect(**_parameters(url), connect_timeout=10)
    except psycopg.OperationalError:
        raise Unavailable(
            "The database does not answer. Is it on, and is NAVIGATOR_DATABASE_URL right?"
        ) from None
    with connection:
        yield connection


def _parameters(url: str) -> dict[str, Any]:
    engine = create_engine(url)
    _, parameters = engine.dialect.create_connect_args(make_url(url))
    return {name: value for name, value in parameters.items() if name != "context"}  # SQLAlchemy’s own


def _require_programs() -> None:
    if missing := [name for name in PROGRAMS if not shutil.which(name)]:
        raise Unavailable(
            f"This needs PostgreSQL’s own programs, and {', '.join(missing)} cannot be found. "
            "Install the client programs of your server’s version (Debian: postgresql-client)."
        )


def _run(url: str, words: list[str]) -> None:
    """Run a program of PostgreSQL; the password is not among its words, which others can see."""
    environment = {**os.environ, "LC_ALL": "C"}
    if url:
        parameters = _parameters(url)
        if password := parameters.pop("password", ""):
            environment["PGPASSWORD"] = str(password)
        words = [*words, f"--dbname={make_conninfo(**parameters)}"]
    try:
        done = subprocess.run(  # noqa: S603
            words, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{words[0]} had not ended after {LONGEST_SECONDS // 3600} hours.") from None
    if done.returncode:
        # Of the message the kind of error alone: its next lines may hold what people wrote.
        said = next((line for line in done.stderr.splitlines() if "rror" in line), "")
        raise Unavailable(f"{words[0]} did not work, and nothing was changed. {said}".rstrip())
