"""Pre-flight of an upgrade: what would be changed and locked, and whether there is a way back."""

import ast
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

import migrations
from navigator import clock
from navigator.backup import archive
from navigator.backup.archive import Manifest
from navigator.backup.rehearsal import megabytes
from navigator.dates_in_words import when
from navigator.errors import Conflict, Refused
from navigator.jobs.tables import JOBS_LEASE, Lease
from navigator.settings import settings

_OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND usename = current_user AND backend_type = 'client backend'"""
_TABLE_FIRST = {
    "add_column",
    "drop_column",
    "alter_column",
    "drop_table",
    "batch_alter_table",
    "rename_table",
}
_TABLE_SECOND = {"create_index", "drop_index", "create_foreign_key", "create_unique_constraint"}
_STATEMENT = re.compile(r'\b(?:UPDATE|ALTER TABLE|INSERT INTO|DELETE FROM|ON)\s+"?(\w+)"?', re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """What whoever upgrades asks for: how young a backup must be, which one, and what they answer for."""

    backup_within: timedelta = timedelta(hours=24)
    backup: Path | None = None
    without_backup: bool = False
    while_running: bool = False


@dataclass(frozen=True)
class Check:
    """One check, whether it stops the upgrade, and what it found."""

    ok: bool
    text: str


@dataclass(frozen=True)
class Step:
    """A step that is not done yet: its number, what it is for, and the tables that it changes."""

    revision: str
    title: str
    tables: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """What an upgrade would do, and what was checked; nothing is to be checked where nobody works yet."""

    steps: tuple[Step, ...]
    checks: tuple[Check, ...]
    is_new: bool = False

    @property
    def tables(self) -> list[str]:
        """The tables that nobody can use until it is done."""
        return sorted(set().union(*(step.tables for step in self.steps)))

    def refuse_if_unsafe(self) -> None:
        """Refuse with every check that failed."""
        if failed := [check.text for check in self.checks if not check.ok]:
            raise Conflict(" ".join(["Nothing was changed.", *failed]))


def plan(wanted: Wanted) -> Plan:
    """What an upgrade of the installation's database would do, and whether it may."""
    url = settings().database
    file = Path(make_url(url).database or "")
    if url.startswith("sqlite") and not file.exists():
        return Plan((), (), is_new=True)
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return _plan(connection, wanted)
    finally:
        engine.dispose()


def _plan(connection: Connection, wanted: Wanted) -> Plan:
    revision = migrations.revision_of(connection)
    if not migrations.is_known(revision) and revision:
        raise Conflict(
            "This database is of a newer desk. Install that version, or restore a backup of before."
        )
    steps = tuple(pending(revision))
    if not steps or not _is_used(connection):
        return Plan(steps if revision else (), (), is_new=not revision)
    checks = (_backup(connection, revision, wanted), _space(connection), *_running(connection, wanted))
    return Plan(steps, checks)


def _is_used(connection: Connection) -> bool:
    """Whether there is a service of real people in it; if that cannot be told, there may be."""
    try:
        with connection.begin_nested():
            query = text("SELECT count(*) FROM service WHERE NOT is_demonstration")
            return bool(connection.execute(query).scalar())
    except DatabaseError:
        return migrations.revision_of(connection) != ""


def _backup(connection: Connection, revision: str, wanted: Wanted) -> Check:
    if wanted.without_backup:
        return Check(True, "No backup is asked for (--without-backup): there is no way back.")
    hours = wanted.backup_within / timedelta(hours=1)
    oldest = clock.now() - wanted.backup_within
    for file, manifest in _backups(wanted):
        is_of_this = (manifest.engine, manifest.revision) == (connection.dialect.name, revision)
        if is_of_this and manifest.made_at >= oldest:
            return Check(True, f"The way back: {file.name}, of {when(manifest.made_at)}.")
    place = settings().backup_dir or "NAVIGATOR_BACKUP_DIR, which is not set"
    return Check(
        False,
        f"There is no backup of this database that is younger than {hours:g} hours in {place}. Make one with "
        "navigator backup FILE and name it with --backup FILE, or say --without-backup.",
    )


def _backups(wanted: Wanted) -> Iterator[tuple[Path, Manifest]]:
    """The backup that was named, or those of the folder, newest first; what cannot be read is passed over."""
    folder = settings().backup_dir
    found = [wanted.backup] if wanted.backup else [*Path(folder).glob("*.backup")] if folder else []
    for file in sorted(found, key=lambda each: each.stat().st_mtime, reverse=True):
        try:
            yield file, archive.manifest_of(file)
        except (Refused, OSError):  # one that somebody else made by hand is theirs alone
            if wanted.backup:
                raise


def _space(connection: Connection) -> Check:
    """A step copies its tables, so at most as much again is needed; of a server's disk nothing is known."""
    if connection.dialect.name != "sqlite":
        size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar() or 0
        return Check(True, f"The server needs up to {megabytes(int(size))} of free disk: look there.")
    file = Path(connection.engine.url.database or "")
    size, free = file.stat().st_size, shutil.disk_usage(file.absolute().parent).free
    return Check(
        free > 2 * size, f"{megabytes(2 * size)} of disk may be needed, and {megabytes(free)} are free."
    )


def _running(connection: Connection, wanted: Wanted) -> Iterator[Check]:
    """Who else works on the database: an older desk must not go on beside a newer one."""
    lease = select(Lease.owner).where(Lease.name == JOBS_LEASE, col(Lease.expires_at) > clock.now())
    owner = connection.execute(lease).scalar()
    others = connection.execute(text(_OTHERS)).scalar() if connection.dialect.name != "sqlite" else 0
    if owner or others:
        who = f"A desk runs on it ({owner})." if owner else f"{others} others are connected to it."
        yield Check(wanted.while_running, f"{who} Stop every process of the desk, or say --while-running.")


def pending(revision: str) -> Iterator[Step]:
    """The steps after a revision, each with what it says of itself and the tables that it names."""
    for file in migrations.files():
        number = file.name.split("_")[0]
        if number > revision:
            tree = ast.parse(file.read_text())
            title = (ast.get_docstring(tree) or "").splitlines()[0]
            yield Step(number, title, frozenset(_tables(tree)))


def _tables(tree: ast.Module) -> Iterator[str]:
    upgrade = next(each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "upgrade")
    for call in ast.walk(upgrade):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        words = [
            arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if call.func.attr in _TABLE_FIRST:
            yield from words[:1]
        elif call.func.attr in _TABLE_SECOND:
            yield from words[-1:] if len(words) < 2 else words[1:2]
        elif call.func.attr == "execute":
            yield from (name for statement in words for name in _STATEMENT.findall(statement))
