"""Intake of the audit log: spool files become audit entries, each file in one transaction and once."""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert, inspect
from sqlmodel import Session, col, delete, select

from navigator import clock, database
from navigator.people import audit_spool
from navigator.people.actor import SYSTEM
from navigator.people.audit_log import Act, AuditEntry, record
from navigator.people.audit_tables import KeyUse, SpoolFile

LATE = timedelta(minutes=1)
"""How long after its hour a key's calls may still arrive; later ones make an entry of their own."""
TAKEN_RETENTION = timedelta(days=2)

log = structlog.get_logger("desk.audit")

Line = dict[str, Any]


def take_spool() -> int:
    """Take all spool files that nobody writes to into the database; how many lines there were."""
    return sum(_take(path) for path in audit_spool.waiting())


def _take(path: Path) -> int:
    with _locked(path) as is_ours:
        if not is_ours:
            return 0
        lines, unread = _read(path)
        with database.writing() as session:
            if _is_new(session, path.name):
                _write(session, lines, unread)
        path.unlink()
    return len(lines)


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Whether nobody else writes this file or takes it, meanwhile."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield path.exists()
    except BlockingIOError:
        yield False
    finally:
        os.close(file)


def _read(path: Path) -> tuple[list[Line], int]:
    """The lines of a file, and how many cannot be read: a disk was full, or somebody wrote into it."""
    lines, unread = [], 0
    for text in path.read_bytes().splitlines():
        try:
            lines.append(json.loads(text))
        except ValueError:
            unread += 1
    return lines, unread


def _is_new(session: Session, name: str) -> bool:
    row = database.insert(session, SpoolFile).values(name=name, taken_at=clock.now())
    return session.scalar(row.on_conflict_do_nothing().returning(SpoolFile.name)) is not None


def _write(session: Session, lines: list[Line], unread: int) -> None:
    rows = [line | {"at": datetime.fromisoformat(line["at"])} for line in lines]
    entries = _unknown(session, [row for row in rows if "act" in row])
    _loosen(session, entries)
    if entries:
        table: Any = inspect(AuditEntry).local_table
        session.execute(insert(table), entries)
    uses = Counter((row["use"], row["at"], row["name"], row["service_id"]) for row in rows if "use" in row)
    for (key_id, hour_at, name, service_id), count in sorted(uses.items()):
        use = {"key_id": key_id, "hour_at": hour_at, "name": name, "service_id": service_id, "count": count}
        session.execute(database.upsert(session, _count_uses), use)
    if unread:
        log.error("audit lines cannot be read", lines=unread)
        record(session, SYSTEM, Act.COMMAND, f"{unread} lines that were noted cannot be read", count=unread)


def _unknown(session: Session, rows: list[Line]) -> list[Line]:
    """What no other process noted in the same quarter of an hour: of looks at tickets, one is enough."""
    numbers = {row["ticket_number"] for row in rows} - {None}
    if not numbers:
        return rows
    since = audit_spool.slot(min(row["at"] for row in rows))
    query = select(AuditEntry).where(
        col(AuditEntry.ticket_number).in_(numbers), col(AuditEntry.created_at) >= since
    )
    known = {_look(row.model_dump() | {"at": row.created_at}) for row in session.exec(query)}
    return [row for row in rows if row["ticket_number"] is None or _look(row) not in known]


def _loosen(session: Session, rows: list[Line]) -> None:
    """Name nobody by a number that is nobody's: a backup of before they came was restored meanwhile."""
    tables = inspect(AuditEntry).local_table.metadata.tables  # type: ignore[attr-defined]
    for column, ids in {"actor_id": tables["user"].c.id, "service_id": tables["service"].c.id}.items():
        named = {row[column] for row in rows} - {None}
        if gone := named - set(session.scalars(select(ids).where(ids.in_(named)))):
            for row in rows:
                row[column] = None if row[column] in gone else row[column]


def _look(row: Line) -> tuple[object, ...]:
    who = row["actor_id"], row["key_id"], row["actor_name"]
    return row["act"], *who, row["ticket_number"], row["title"], audit_spool.slot(row["at"])


def _count_uses(insert: Callable[[Any], Any]) -> Any:
    table: Any = inspect(KeyUse).local_table
    statement = insert(table)
    added = {"count": table.c.count + statement.excluded.count}
    return statement.on_conflict_do_update(index_elements=["key_id", "hour_at"], set_=added)


def record_key_uses() -> int:
    """Make an audit entry of the calls with each key in each hour that is over; how many."""
    over = select(KeyUse).where(col(KeyUse.hour_at) <= clock.now() - timedelta(hours=1) - LATE)
    with database.reading() as session:
        if session.exec(over.limit(1)).first() is None:
            return 0
    with database.writing() as session:
        uses = session.exec(over.with_for_update()).all()
        for use in uses:
            who = {"key_id": use.key_id, "actor_name": use.name, "service_id": use.service_id}
            row = {"act": Act.KEY_USED, "created_at": use.hour_at, "count": use.count}
            database.append(session, AuditEntry, **row, **who)
            session.delete(use)
    return len(uses)


def forget_taken(session: Session, now: datetime) -> None:
    """Delete the names of spool files that were taken long ago."""
    session.exec(delete(SpoolFile).where(col(SpoolFile.taken_at) <= now - TAKEN_RETENTION))
