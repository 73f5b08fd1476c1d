"""Hash chain of the audit log: each row is sealed with the hash of the one before; verified, and cut.

Whoever writes a row waits for nobody: a job seals what is new a moment later, in order. Until then, and ever
after, triggers refuse to change or delete it; the chain tells whoever could switch those off.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, text
from sqlmodel import Session, col, delete, select

from navigator import clock, database, private_files
from navigator.people.actor import Actor
from navigator.people.audit_log import Act, AuditEntry, record
from navigator.settings import settings

NOTHING = "0" * 64
"""The hash before the first row."""
MOST_AT_ONCE = 1000
SEALED_WITHIN = timedelta(minutes=10)
"""An older row that is not sealed is a finding: the job does not run, or somebody took the row out."""
HEAD_FILE = "audit-head"
HEAD_IS_LOGGED_EVERY = timedelta(hours=1)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(20261129)")  # any number will do, but always this one

log = structlog.get_logger("desk.audit")


@dataclass(frozen=True)
class Head:
    """The last row of the chain, or where it was at some time: its position and its hash."""

    position: int
    hash: str

    def __str__(self) -> str:
        """As it is printed and typed: `1234:9f86d0…`."""
        return f"{self.position}:{self.hash}"


EMPTY = Head(0, NOTHING)


class _Logged:
    """When this process last logged the head."""

    at: datetime | None = None


def canonical(entry: AuditEntry) -> str:
    """What is hashed of a row: all but its place in the chain, as JSON with names in order.

    What is None is left out: so a column that comes later changes no hash of before, if it is empty there.
    """
    row = entry.model_dump(exclude={"position", "hash"}, exclude_none=True)
    row["created_at"] = entry.created_at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(row, sort_keys=True, separators=(",", ":"))


def next_head(head: Head, entry: AuditEntry) -> Head:
    """The head when a row is sealed behind another one."""
    position = head.position + 1
    sealed = f"{position}\n{head.hash}\n{canonical(entry)}"
    return Head(position, hashlib.sha256(sealed.encode()).hexdigest())


def seal_new() -> int:
    """Seal what is not sealed yet, in the order in which it was written; how many rows."""
    unsealed = select(AuditEntry.id).where(col(AuditEntry.position).is_(None))
    with database.reading() as session:
        if session.exec(unsealed.limit(1)).first() is None:
            return 0
    with database.writing() as session:
        head, count = _seal(session)
    _keep(head)
    return count


def _seal(session: Session) -> tuple[Head, int]:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ONE_AT_A_TIME)
    head = last(session)
    unsealed = select(AuditEntry).where(col(AuditEntry.position).is_(None)).order_by(col(AuditEntry.id))
    entries = session.exec(unsealed.limit(MOST_AT_ONCE)).all()
    for entry in entries:
        head = next_head(head, entry)
        entry.position, entry.hash = head.position, head.hash
    return head, len(entries)


def last(session: Session) -> Head:
    """The head of the chain as it is in the database: where all of it was cut, that of before."""
    query = select(AuditEntry.position, AuditEntry.hash).where(col(AuditEntry.position).is_not(None))
    row = session.exec(query.order_by(col(AuditEntry.position).desc()).limit(1)).first()
    return Head(row[0] or 0, row[1] or "") if row else _start(session)


def _keep(head: Head) -> None:
    """Keep the head outside the database: in a file beside it, and once an hour in the log."""
    path = head_file()
    new = private_files.make_file(path.with_suffix(f".{secrets.token_hex(6)}"))  # two may seal at once
    new.write_text(f"{head}\n")
    new.replace(path)
    now = clock.now()
    if _Logged.at is None or abs(now - _Logged.at) >= HEAD_IS_LOGGED_EVERY:
        _Logged.at = now
        log.info("audit log is sealed", head=str(head))


def head_file() -> Path:
    """The file in the data folder in which the head is kept."""
    return private_files.make_folder(settings().data_dir) / HEAD_FILE


def forget_head() -> str:
    """The head that was kept in the data folder, for the last time: another database stands there now."""
    file = head_file()
    head = file.read_text() if file.exists() else ""
    file.unlink(missing_ok=True)
    return head


def cut_before(session: Session, actor: Actor, before: datetime) -> int:
    """Delete the oldest sealed rows, to the last of those before a moment; how many.

    The one way to delete any: a row in the chain itself says up to which position, and which hash is before
    what is left, so that the rest can still be verified.
    """
    to = session.scalar(_boundary(before))
    start = _start(session)
    if to is None or to <= start.position:
        return 0
    sealed = session.exec(select(AuditEntry).where(AuditEntry.position == to)).one()
    words = f"Rows up to {to} were deleted, of before {before.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    facts = {"position": to, "hash": sealed.hash}
    record(session, actor, Act.CUT, words, count=to, after=facts)
    old = delete(AuditEntry).where(col(AuditEntry.position) <= to)
    session.expunge(sealed)
    return int(session.exec(old).rowcount)


def _boundary(before: datetime) -> Any:
    """The last position before the first row that stays; None where none is older."""
    stays = select(func.min(AuditEntry.position)).where(col(AuditEntry.created_at) >= before)
    end = func.coalesce(stays.scalar_subquery() - 1, select(func.max(AuditEntry.position)).scalar_subquery())
    return select(end)


def _start(session: Session) -> Head:
    """Where the rows that are kept begin: behind the last cut."""
    last_first = (col(AuditEntry.count).desc(), col(AuditEntry.id).desc())
    cuts = select(AuditEntry).where(AuditEntry.act == Act.CUT).order_by(*last_first)
    cut = session.exec(cuts.limit(1)).first()
    if cut is None:
        return EMPTY
    facts = cut.after or {}
    return Head(cut.count, str(facts.get("hash", "")))


@dataclass(frozen=True)
class Verdict:
    """What verifying found: how many rows are whole, the head, and what is wrong, worst first."""

    rows: int
    head: Head
    unsealed: int
    findings: tuple[str, ...]


def verify(session: Session, kept: Sequence[Head] = ()) -> Verdict:
    """Read the whole chain: the first row that was changed, what is missing, its end beside kept heads."""
    start = head = _start(session)
    known = {one.position: one for one in kept}
    findings: list[str] = []
    rows = 0
    for entry in _sealed(session):
        position = entry.position or 0
        if position <= start.position:
            findings.append(f"Row {position} is there, though rows up to {start.position} were cut.")
            break
        if position != head.position + 1:
            findings.append(_missing(head.position + 1, position - 1))
            break
        head = next_head(head, entry)
        if head.hash != entry.hash:
            written = f"{entry.created_at:%Y-%m-%d %H:%M} UTC"
            findings.append(f"Row {position} (number {entry.id}, {written}) was changed.")
            break
        findings += _beside(head, known.pop(position, head))
        rows += 1
    else:
        findings += [_truncated(head, one) for one in known.values() if one.position > head.position]
    return Verdict(rows, head, *_unsealed(session, findings))


def _missing(first: int, last: int) -> str:
    return f"Row {first} is missing." if first == last else f"Rows {first} to {last} are missing."


def _beside(head: Head, kept: Head) -> list[str]:
    differs = head.hash != kept.hash
    return [f"Row {head.position} is another than when its hash was kept elsewhere."] if differs else []


def _truncated(head: Head, kept: Head) -> str:
    missing = _missing(head.position + 1, kept.position)
    return f"{missing} The log was longer: its end was cut off, or a backup was restored."


def _unsealed(session: Session, findings: list[str]) -> tuple[int, tuple[str, ...]]:
    waiting = col(AuditEntry.position).is_(None)
    count = session.scalar(select(func.count()).select_from(AuditEntry).where(waiting)) or 0
    old = waiting & (col(AuditEntry.created_at) < clock.now() - SEALED_WITHIN)
    late = session.scalar(select(func.count()).select_from(AuditEntry).where(old)) or 0
    if late:
        findings = [*findings, f"Rows that should be sealed and are not: {late}. Is the scheduler running?"]
    return count, tuple(findings)


def _sealed(session: Session) -> Iterator[AuditEntry]:
    """All sealed rows in their order, a few at a time."""
    query = select(AuditEntry).where(col(AuditEntry.position).is_not(None)).order_by(col(AuditEntry.position))
    after = 0
    while rows := session.exec(query.where(col(AuditEntry.position) > after).limit(MOST_AT_ONCE)).all():
        yield from rows
        after = rows[-1].position or 0
        session.expunge_all()


def parse_head(typed: str) -> Head | None:
    """The head that somebody typed or a file holds; None if it is none."""
    position, _, digest = typed.strip().partition(":")
    is_one = position.isdecimal() and len(digest) == len(NOTHING) and set(digest) <= set("0123456789abcdef")
    return Head(int(position), digest) if is_one else None
