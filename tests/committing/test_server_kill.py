"""A real server, killed while people report: what was confirmed to them is there after the restart, once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic, sleep

import httpx
import pytest
from sqlmodel import select

from navigator import database
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.reporter import reference
from navigator.tickets.ticket import Message, Ticket
from tests.committing.processes import PATIENCE, ROOT
from tests.free_port import free_port
from tests.people import settle

pytestmark = pytest.mark.slow

REPORT = {
    "service": "north",
    "programme": "fern",
}


@contextmanager
def serving(url: str, port: int, folder: object, workers: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """The desk as people run it, in a process of its own, or in several."""
    environment = os.environ | {"NAVIGATOR_DATABASE_URL": url, "NAVIGATOR_DATA_DIR": str(folder)}
    words = [sys.executable, "-c", "from navigator.cli import app; app()", "serve"]
    options = ["--port", str(port), "--workers", str(workers)]
    with subprocess.Popen(
        [*words, *options], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    ) as process:
        try:
            _wait_until_it_answers(port, process)
            yield process
        finally:
            process.kill()


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    end = monotonic() + PATIENCE
    while monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE).status_code == 200:
                return
        except httpx.TransportError:
            sleep(0.1)
    raise AssertionError("the server did not come up")


def _told(words: str) -> dict[str, object]:
    address = f"{words.rsplit(maxsplit=1)[-1]}@example.org"
    return REPORT | {"body": words, "contact": {"route": "email", "email": address}}


def test_what_was_confirmed_is_there_after_a_kill_once(committing: str, tmp_path: object) -> None:
    with database.writing() as session:
        settle(session)
    port, confirmed, stop = free_port(), list[tuple[str, str]](), Event()
    address = f"http://127.0.0.1:{port}/api/v1/reports"

    def report(who: int) -> None:
        for n in range(1000):
            if stop.is_set():
                return
            words = f"It will not open {who}-{n}"
            try:
                answer = httpx.post(address, json=_told(words), timeout=PATIENCE)
            except httpx.TransportError:
                return
            if answer.status_code == 201:
                confirmed.append((answer.json()["reference"], words))

    with serving(committing, port, tmp_path) as process:
        people = [Thread(target=report, args=[who]) for who in range(4)]
        for one in people:
            one.start()
        end = monotonic() + PATIENCE  # the first waits until all is loaded
        while len(confirmed) < 12 and monotonic() < end:
            sleep(0.01)
        process.send_signal(signal.SIGKILL)
        stop.set()
        for one in people:
            one.join()
    assert len(confirmed) >= 5

    with database.reading() as session:
        kept = Counter(
            (reference(number), body)
            for number, body in session.exec(
                select(Ticket.number, Message.body).join(Message).where(Message.action == "report")
            )
        )
        told = Counter(
            session.exec(select(OutboxMessage.ticket_number).where(OutboxMessage.template == "received"))
        )
    assert all(kept[one] == 1 for one in confirmed)
    assert set(told.values()) == {1}
    assert len(told) == len(kept), "a report without its letter, or a letter without its report"
    with serving(committing, port, tmp_path):
        pass
