"""Spool of the audit log: what is noted without a transaction, kept in a file until it is in the database.

A page that only looks writes nothing to the database, and waits for nobody: a line is appended to a file of
its process, before the answer leaves. Every process takes its own file and those of whoever died into the
database (`audit_intake`), within seconds and each once. A line outlives `kill -9`, not a power cut.
"""

import fcntl
import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import structlog

from navigator import clock, private_files
from navigator.people.actor import Actor
from navigator.people.audit_log import Act
from navigator.settings import settings

FOLDER, ENDING = "audit-spool", ".jsonl"
SLOT = timedelta(minutes=15)
"""Who opens a ticket again within one of these, which begin on the clock, is noted once."""
MOST_REMEMBERED = 10_000

log = structlog.get_logger("desk.audit")


class _Spool:
    """The file of this process that is written to, and what was noted lately."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.folder = Path()
        self.file: int | None = None
        self.pid = 0
        self.noted: set[tuple[object, ...]] = set()
        self.unwritten: list[bytes] = []

    def write(self, line: bytes, once: tuple[object, ...] | None = None) -> None:
        """Append a line, unless the same was noted in this slot; what no disk takes is kept in memory."""
        with self.lock:
            self._open()
            if once in self.noted:
                return
            try:
                os.write(self._opened(), b"".join([*self.unwritten, line]))
                self.unwritten.clear()
            except OSError as error:
                self.unwritten.append(line)
                reason = type(error).__name__
                log.error("audit lines wait for the disk", lines=len(self.unwritten), error=reason)
            if once is not None:
                self._remember(once)

    def close(self) -> None:
        """Let go of the file: whoever comes first takes it."""
        with self.lock:
            self._close()

    def _open(self) -> None:
        folder = settings().data_dir / FOLDER
        if folder != self.folder or self.pid != os.getpid():  # other settings, or a fork of the process
            self._close()
            self.folder, self.pid = folder, os.getpid()
            self.noted.clear()

    def _opened(self) -> int:
        """The file, made under another name until it is locked: else it could be taken while it is empty."""
        if self.file is None:
            private_files.make_folder(self.folder)
            path = self.folder / secrets.token_hex(12)
            file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            path.rename(path.with_suffix(ENDING))
            self.file = file
        return self.file

    def _close(self) -> None:
        if self.file is not None:
            os.close(self.file)
            self.file = None

    def _remember(self, once: tuple[object, ...]) -> None:
        if len(self.noted) >= MOST_REMEMBERED:
            self.noted.clear()
        self.noted.add(once)


_spool = _Spool()


def note(
    actor: Actor,
    act: Act,
    title: str = "",
    *,
    service_id: int | None = None,
    ticket_number: int | None = None,
    address: str = "",
    is_once: bool = True,
) -> None:
    """Note an act without a transaction; the same by the same within a quarter of an hour counts once."""
    at = clock.now()
    who = actor.user_id, actor.key_id, actor.name
    once = (act, *who, ticket_number, title, address, slot(at)) if is_once else None
    row = {"act": act, "actor_id": who[0], "key_id": who[1], "actor_name": who[2], "title": title}
    row |= {"service_id": service_id, "ticket_number": ticket_number, "address": address}
    _spool.write(_line(row | {"at": at.isoformat()}), once)


def note_look(
    actor: Actor, number: int, service_id: int, act: Act = Act.OPENED_TICKET, title: str = ""
) -> None:
    """Note that staff or a key opened a ticket or its file; of reporters and the desk nothing is noted."""
    if actor.user_id is not None or actor.key_id is not None:
        note(actor, act, title, service_id=service_id, ticket_number=number)


def note_refusal(actor: Actor, method: str, route: str) -> None:
    """Note that somebody, or a key, asked for what they may not do: by its route, which names nobody."""
    note(actor, Act.REFUSED, f"{method} {route}")


def note_key_use(actor: Actor) -> None:
    """Count a call with an API key."""
    (service_id,) = actor.services()
    hour_at = clock.now().replace(minute=0, second=0, microsecond=0)
    use = {"use": actor.key_id, "name": actor.name, "service_id": service_id, "at": hour_at.isoformat()}
    _spool.write(_line(use))


def slot(at: datetime) -> datetime:
    """The beginning of the quarter of an hour in which a moment lies."""
    return at - (at - datetime.min.replace(tzinfo=UTC)) % SLOT


def waiting() -> list[Path]:
    """The files of the folder; that of this process is let go of, and the next line begins a new one."""
    _spool.close()
    folder = settings().data_dir / FOLDER
    return sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else []


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"
