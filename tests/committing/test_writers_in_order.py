"""Processes that write to one SQLite database take turns: none starves, and a dead one stops nobody."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlmodel import select

from navigator import database, writer_lock
from navigator.people.user import User
from navigator.tickets.ticket import Ticket
from navigator.writer_lock import ENDINGS, WriterLock
from tests.committing.processes import ROOT
from tests.page_visitor import Visitor
from tests.people import settle
from web.app import app

pytestmark = [pytest.mark.only_on("sqlite"), pytest.mark.slow]

WRITES = 120
WRITES_ALL_THE_TIME = """
import sys, time
from sqlalchemy import text
from navigator.engines import engines_for

_, write = engines_for(sys.argv[1])
print("begins", flush=True)
sys.stdin.readline()
mine = all_of_them = 0
while all_of_them < int(sys.argv[3]):
    with write.begin() as connection:
        connection.execute(text("INSERT INTO written VALUES (:who)"), {"who": sys.argv[2]})
        all_of_them = connection.scalar(text("SELECT count(*) FROM written"))
        time.sleep(.005)
    mine += 1
print(mine)
"""
HOLDS = """
import sys
from sqlalchemy import text
from navigator.engines import engines_for

_, write = engines_for(sys.argv[1])
with write.begin() as connection:
    connection.execute(text("UPDATE user SET name = 'Somebody'"))
    print("holds", flush=True)
    sys.stdin.readline()
print("wrote", flush=True)
"""
CONTACT = {"route": "email", "email": "a@example.org"}
TOLD = {"service": "north", "body": "It will not open", "contact": CONTACT}
REFUSED = "The desk is not working at the moment."


@contextmanager
def running(program: str, *words: object) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that has said its first word, and goes on by a line; gone at the end."""
    asked = [sys.executable, "-c", program, *map(str, words)]
    own = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(asked, cwd=ROOT, env=own, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


def test_of_two_that_write_all_the_time_neither_starves_and_nothing_is_lost(committing: str) -> None:
    """13: by SQLite's own waiting one of them wrote 275 times while the other wrote once, after 5 seconds."""
    with database.writing() as session:
        session.connection().execute(text("CREATE TABLE written (who)"))
    with (
        running(WRITES_ALL_THE_TIME, committing, "a", WRITES) as first,
        running(WRITES_ALL_THE_TIME, committing, "b", WRITES) as second,
    ):
        for each in (first, second):
            assert each.stdin
            each.stdin.write("\n")
            each.stdin.flush()
        said = [each.communicate()[0] for each in (first, second)]
    with database.reading() as session:
        kept = Counter(session.connection().scalars(text("SELECT who FROM written")))
    assert [kept["a"], kept["b"]] == [int(number) for number in said]
    assert min(kept.values()) > WRITES / 4


@pytest.fixture
def holder(committing: str) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of what it writes."""
    with database.writing() as session:
        settle(session)
    with running(HOLDS, committing) as process:
        yield process


def report() -> httpx2.Response:
    return Visitor(app).post("/api/v1/reports", json=TOLD)


def kept() -> tuple[int, bool]:
    """How many reports there are, and whether the other process wrote."""
    with database.reading() as session:
        is_written = "Somebody" in session.exec(select(User.name)).all()
        return len(session.exec(select(Ticket.number)).all()), is_written


def test_whoever_writes_while_another_stands_still_is_told_so_and_reading_goes_on(
    holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(app)
    with monkeypatch.context() as patch:
        patch.setattr(WriterLock, "_patience_now", lambda _: 0.1)
        holder.send_signal(signal.SIGSTOP)
        refused = report()
        assert (refused.status_code, refused.json()["detail"]) == (503, REFUSED)
        assert visitor.post("/log-in", data={"email": "a@b.example", "password": "x"}).status_code == 503
        assert "999" in visitor.page.text()
        assert visitor.get("/known").status_code == 200
        assert kept() == (0, False)
        holder.send_signal(signal.SIGCONT)
    said, _ = holder.communicate("\n")
    assert said == "wrote\n"
    assert report().status_code == 201
    assert kept() == (1, True)


def test_whoever_is_killed_while_it_writes_stops_nobody(holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    assert report().status_code == 201
    assert kept() == (1, False)


def test_who_waited_in_line_behind_another_in_vain_does_not_wait_as_long_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of four forms in one process the last would be answered after 20 seconds."""
    now = [0.0]
    monkeypatch.setattr(writer_lock, "monotonic", lambda: now[0])
    monkeypatch.setattr(writer_lock, "sleep", lambda seconds: now.append(now.pop() + seconds))
    waits, waited = WriterLock(tmp_path / "it.db"), []
    with writer_lock.writing_alone(tmp_path / "it.db"):
        for _ in range(3):
            began = now[0]
            with pytest.raises(WaitedTooLong):
                waits.take()
            waited.append(round(now[0] - began, 1))
    assert waited == [5.0, 0.5, 0.5]
    waits.take()
    now[0] += 60
    assert waits._patience_now() == 5.0
    waits.let_go()


def test_where_files_cannot_be_locked_people_write_all_the_same(committing: str) -> None:
    no_files = [Path(f"{make_url(committing).database}{ending}") for ending in ENDINGS]
    for each in no_files:
        each.mkdir()
    with database.writing() as session:
        settle(session)
    assert report().status_code == 201
    for each in no_files:
        each.rmdir()


def test_a_process_that_only_waits_and_stands_still_stops_nobody(tmp_path: Path) -> None:
    """As a command does that was stopped while it waited: nothing is being written."""
    stands = WriterLock(tmp_path / "it.db")
    place = stands._lock(f"{tmp_path}/it.db{ENDINGS[0]}", float("inf"), TimeoutError)
    writes = WriterLock(tmp_path / "it.db", patience=0.2)
    writes.take()
    writes.let_go()
    os.close(place)


def test_who_let_go_holds_nothing_on_in_a_process_that_was_forked_meanwhile(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "it.db")
    lock.take()
    stands, says = os.pipe()
    if not (forked := os.fork()):
        os.close(says)
        os.read(stands, 1)
        os._exit(0)
    os.close(stands)
    lock.let_go()
    other = WriterLock(tmp_path / "it.db", patience=0.2)
    other.take()
    assert other._held is not None
    other.let_go()
    os.close(says)
    os.waitpid(forked, 0)
