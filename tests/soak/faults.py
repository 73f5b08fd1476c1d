"""Faults, one after the other: what a person sees meanwhile, and that it goes on without a restart."""

import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlalchemy import create_engine, text
from sqlmodel import col, select

from navigator import database
from navigator.outbox.outbox_message import OutboxMessage
from tests import postgres_server, system_packages
from tests.soak import forked
from tests.soak.served import Desk, cookie_of, filled, until

FILLER = "filler"
Fault = Callable[[str, Path], dict[str, Any]]
STARTED_AGAIN: list[int] = []
"""Servers that their keeper does not know."""


@dataclass
class Seen:
    """What is seen of a fault: how a report and pages are answered while it lasts, and how long after it."""

    desk: Desk
    row: dict[str, Any]
    number: int = 0

    def look(self, name: str) -> int:
        """How a report and the start page are answered now."""
        self.number += 1
        reported = self.desk.report(f"It will not open {name.replace(' ', '')}{self.number}").status_code
        start = self.desk.get("/")
        has_numbers = "999" in start.text and "111" in start.text
        ready = self.desk.get("/readyz").status_code
        pages = f"start page {start.status_code}{' with the numbers' if has_numbers else ''}"
        self.row[name] = f"report {reported}, {pages}, ready {ready}"
        return reported

    def refuses(self, name: str) -> bool:
        """Whether a report is refused now, and readiness says that something is wrong."""
        return self.look(name) != 201 and "ready 503" in self.row[name]

    def recover(self) -> None:
        """Wait until reports are taken again, and readiness says so."""
        self.row["again after s"] = round(until(lambda: self.look("afterwards") == 201), 1)
        until(lambda: self.look("afterwards") == 201 and "ready 200" in self.row["afterwards"], pause=0.5)


def one_after_another(engine: str) -> Iterator[dict[str, Any]]:
    """The rows of every fault that this engine and this machine can have."""
    every: list[Fault] = [dead_mail, slow_mail, clock_moved]
    every += [full_disk, read_only_disk] if engine == "sqlite" else [restarted, read_only]
    for fault in every:
        try:
            yield {"fault": fault.__name__.replace("_", " "), **fault_on(engine, fault)}
        except (OSError, RuntimeError, AssertionError, subprocess.CalledProcessError) as error:
            yield {"fault": fault.__name__, "broke": f"{type(error).__name__}: {error}"[:200]}


def fault_on(engine: str, fault: Fault) -> dict[str, Any]:
    """One fault at a desk of its own."""
    forked.from_one()  # not on a disk that is broken
    with ExitStack() as stack:
        if fault in (full_disk, read_only_disk):
            os.environ["TMPDIR"] = stack.enter_context(_small_disk())
            tempfile.tempdir = None
            stack.callback(_forget_tmpdir)
        stack.callback(_stop_what_was_started)  # once its databases are dropped
        url, folder = stack.enter_context(filled(engine))
        return fault(url, folder)


def _stop_what_was_started() -> None:
    while STARTED_AGAIN:
        os.kill(STARTED_AGAIN.pop(), signal.SIGINT)


def _forget_tmpdir() -> None:
    os.environ.pop("TMPDIR", None)
    tempfile.tempdir = None


@contextmanager
def _begun(mail_port: int = 0, **more: str) -> Iterator[Seen]:
    """A desk that is ready for everything, with a mail server: at a port, or one that takes every letter."""
    with ExitStack() as stack:
        port = mail_port or stack.enter_context(_post_office(answers=True)).port
        more |= {"NAVIGATOR_MAIL_HOST": "127.0.0.1", "NAVIGATOR_MAIL_PORT": str(port)}
        desk = stack.enter_context(Desk(more=more | {"NAVIGATOR_MAIL_SECURITY": "none"}))
        seen = Seen(desk, {})
        assert seen.look("before") == 201, seen.row
        yield seen


@dataclass
class Post:
    """A mail server, and the letters that it got."""

    server: socket.socket
    port: int
    got: list[int] = field(default_factory=list)
    calls: list[socket.socket] = field(default_factory=list)

    def end(self) -> None:
        """Hang up on everybody, and take no more calls."""
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        for call in self.calls:
            call.close()


def dead_mail(_url: str, _folder: Path) -> dict[str, Any]:
    """Nobody listens where mail is to go; then somebody does."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    with _begun(port) as seen:
        seen.look("mail is dead")
        with _post_office(port, answers=True) as post:
            seen.row["letters after s"] = round(until(lambda: len(post.got) >= 2), 1)
            seen.look("afterwards")
        return seen.row


def slow_mail(_url: str, _folder: Path) -> dict[str, Any]:
    """The mail server takes each call and says nothing; then one is there that does."""
    with _post_office(answers=False) as post, _begun(post.port) as seen:
        until(lambda: post.got)
        seen.look("mail is slow")
        seen.row["letters waiting"] = _waiting()
        post.end()
        with _post_office(post.port, answers=True) as other:
            seen.row["letters after s"] = round(until(lambda: len(other.got) >= 2), 1)
        return seen.row


@contextmanager
def _post_office(port: int = 0, *, answers: bool) -> Iterator[Post]:
    """A mail server that says what is needed, or takes each call and says nothing."""
    with socket.create_server(("127.0.0.1", port)) as server:
        post, stop = Post(server, server.getsockname()[1]), Event()
        Thread(target=_serve_mail, args=(server, post, stop, answers), daemon=True).start()
        yield post
        stop.set()


def _serve_mail(server: socket.socket, post: Post, stop: Event, answers: bool) -> None:
    while not stop.is_set():
        with suppress(OSError):
            call, _ = server.accept()
            post.calls.append(call)
            if answers:
                Thread(target=_take, args=(call, post.got), daemon=True).start()
            else:
                post.got.append(0)


def _take(call: socket.socket, got: list[int]) -> None:
    with suppress(ConnectionError), call, call.makefile("rwb") as wire:
        _say(wire, "220 here")
        for line in wire:
            if line.upper().startswith(b"DATA"):
                _say(wire, "354 go on")
                while wire.readline().strip() != b".":
                    pass
                got.append(1)
            _say(wire, "250 OK")


def _say(wire: Any, words: str) -> None:
    wire.write(f"{words}\r\n".encode())
    wire.flush()


def _waiting() -> int:
    with database.reading() as session:
        return len(session.exec(select(OutboxMessage.id).where(col(OutboxMessage.sent_at).is_(None))).all())


@contextmanager
def _small_disk() -> Iterator[str]:
    """A disk of 256 MB that can be filled, or stop taking changes."""
    with tempfile.TemporaryDirectory(prefix="disk-") as place:
        image = Path(f"{place}.img")
        with image.open("wb") as file:
            file.truncate(256 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True)
        subprocess.run(["mount", "-o", "loop", image, place], check=True)
        try:
            yield place
        finally:
            subprocess.run(["umount", "-l", place], check=False)
            image.unlink()


def full_disk(_url: str, folder: Path) -> dict[str, Any]:
    """The disk of the data folder is filled to the last byte."""
    filler = folder.parent / FILLER
    with _begun() as seen:
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 4096)
        until(lambda: seen.refuses("disk is full"), pause=0.5)
        filler.unlink()
        seen.recover()
        return seen.row


def read_only_disk(_url: str, folder: Path) -> dict[str, Any]:
    """The disk of the data folder has an error and takes no changes any more: it must be put right first."""
    place = folder.parent
    with _begun() as seen:
        subprocess.run(["mount", "-o", "remount,abort", place], check=True)
        until(lambda: seen.refuses("disk is read only"), pause=0.5)
        seen.desk.kill()  # a disk is not put right while somebody has files of it open
        with suppress(sqlite3.OperationalError):  # it cannot write any more
            database.close()
        subprocess.run(["umount", place], check=True)
        subprocess.run(["e2fsck", "-p", f"{place}.img"], check=False, stdout=subprocess.DEVNULL)
        subprocess.run(["mount", "-o", "loop", f"{place}.img", place], check=True)
        seen.row["begun anew after s"] = round(seen.desk.begin(), 1)
        seen.recover()
        return seen.row


def clock_moved(_url: str, folder: Path) -> dict[str, Any]:
    """The clock that the desk sees is set half an hour forward, and back, by libfaketime."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    moved = folder / "clock"
    moved.write_text("+0")
    with _begun(
        LD_PRELOAD=str(library),
        FAKETIME_TIMESTAMP_FILE=str(moved),
        FAKETIME_CACHE_DURATION="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    ) as seen:
        staff = cookie_of("amina")
        for name, by, way in (("half an hour forward", "+1800", "forward"), ("back again", "+0", "back")):
            moved.write_text(by)
            said = f"was set {way} by 30 minutes"
            until(lambda said=said: said in seen.desk.get("/readyz").text, 120)  # type: ignore[misc]
            seen.look(name)
            page = seen.desk.get("/home", staff)
            seen.row[f"staff {name}"] = f"{page.status_code}{' are told' if said in page.text else ''}"
        seen.row["letters waiting"] = _waiting()
        return seen.row


def read_only(url: str, _folder: Path) -> dict[str, Any]:
    """The server takes no changes, as a standby that was not promoted yet."""
    with _begun() as seen:
        _order(url, "ALTER SYSTEM SET default_transaction_read_only = on")
        _order(url, "SELECT pg_reload_conf()")
        until(lambda: seen.refuses("read only"), pause=0.5)
        _order(
            url, "SET default_transaction_read_only = off", "ALTER SYSTEM RESET default_transaction_read_only"
        )
        _order(url, "SELECT pg_reload_conf()")
        seen.recover()
        return seen.row


def restarted(url: str, _folder: Path) -> dict[str, Any]:
    """The server is stopped at once, and started again."""
    with _begun() as seen:
        data = postgres_server.folder_of(url) / "data"
        control = f"{system_packages.postgresql()}/pg_ctl -D {data} -w"
        words = (data / "postmaster.opts").read_text().split(maxsplit=1)[1].replace('"', "")
        user = postgres_server._ordinary_user()
        subprocess.run(f"{control} -m immediate stop".split(), check=True, stdout=subprocess.DEVNULL, **user)
        seen.look("server is gone")
        start = [*f"{control} -l {data}/log -o".split(), words, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, **user)
        STARTED_AGAIN.append(int((data / "postmaster.pid").read_text().split()[0]))
        seen.recover()
        return seen.row


def _order(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
