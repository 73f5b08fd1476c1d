"""Pictures on the desk as people run it: large ones take no memory, and a kill leaves no gap."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from threading import Thread
from time import sleep

import httpx
import pytest
from sqlmodel import select

from navigator import clock, database
from navigator.attachments.attachment import Attachment
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.settings import settings
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from tests.committing.test_server_kill import serving
from tests.committing.test_slow_senders import _BROWSER, all_of, begin
from tests.free_port import free_port
from tests.people import settle
from tests.web.public.test_pictures import PDF, photo

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_is_enough]

Served = tuple[Popen[bytes], int, str]


@pytest.fixture
def served(committing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A served desk with a ticket: its process, its port, the ticket and the token of its reporter."""
    monkeypatch.setenv("NAVIGATOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NAVIGATOR_STALLED_REQUEST_SECONDS", "2")
    monkeypatch.setenv("NAVIGATOR_SLOW_UPLOAD_SECONDS", "30")
    settings.cache_clear()
    clock.set_to(datetime.now(UTC))  # that of the desk, for the link
    with database.writing() as session:
        settle(session)
        told = ReportInput(service="north", programme="fern", text="I cannot log in")
        number = staff.report(session, ANONYMOUS, told).ticket.number
        token = private_links.mint(session, number)
    port = free_port()
    with serving(committing, port, settings().data_dir) as process:
        yield process, port, f"{number} {token}"


def send(port: int, link: str, *files: bytes) -> int:
    """Send files through the API, by the token of the private link."""
    number, token = link.split()
    return httpx.post(
        f"http://127.0.0.1:{port}/api/v1/tickets/{number}/attachments",
        headers={"authorization": f"Bearer {token}"},
        files=[("files", (f"{index}.x", content)) for index, content in enumerate(files)],
        timeout=60,
    ).status_code


def peak(process: Popen[bytes]) -> int:
    """The most memory that a process has had, in bytes."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def test_large_files_take_no_memory(served: Served) -> None:
    process, port, link = served
    large = PDF[:-6] + os.urandom(7_900_000) + b"\n%%EOF\n"
    assert send(port, link, photo(), PDF) == 200  # so that what it needs is loaded
    before, now = 0, peak(process)
    while now > before:  # something is loaded still
        sleep(2)
        before, now = now, peak(process)
    people = [Thread(target=send, args=[port, link, large, large, large]) for _ in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert peak(process) - before < 40_000_000
    with database.reading() as session:
        assert len(session.exec(select(Attachment.id)).all()) >= 5


def test_a_slow_sender_is_told_and_let_go(served: Served) -> None:
    _, port, _ = served
    head = b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000\r\n\r\n--b\r\n"
    with begin(port, b"POST /report/pictures HTTP/1.1\r\n" + _BROWSER + head) as sender:
        answer = all_of(sender)
    assert b" 408 " in answer
    assert b"Send them first" in answer


def test_a_kill_leaves_no_row_without_its_file(served: Served) -> None:
    process, port, link = served
    done: list[int] = []

    def go_on() -> None:
        with suppress(httpx.TransportError):
            while len(done) < 30:
                done.append(send(port, link, PDF, PDF))

    people = [Thread(target=go_on) for _ in range(3)]
    for one in people:
        one.start()
    while len(done) < 4:
        sleep(0.05)
    process.kill()
    for one in people:
        one.join()
    with database.reading() as session:
        names = session.exec(select(Attachment.name)).all()
    assert len(names) >= 8
    folder = settings().attachment_dir
    assert [name for name in names if (folder / name[:2] / name).read_bytes() != PDF] == []
