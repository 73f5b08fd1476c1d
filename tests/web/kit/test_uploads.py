"""Forms with files: read whole within limits of their own, each file on the disk, and no other door open."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.types import Message, Receive, Scope, Send

from navigator.request_dependencies import ReceivesFiles
from navigator.settings import settings
from tests.web.kit.test_whole_body import Receiving, sending
from tests.web.test_route_access import DOORS, filled
from web.kit import uploads
from web.kit.file_paths import LARGEST_BODY, TAKES_FILES, takes_files
from web.kit.uploads import FilePart, Upload
from web.kit.whole_body import WholeBody

PATH = "/report/pictures"
KIND = b"multipart/form-data; boundary=BB"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAVIGATOR_STALLED_REQUEST_SECONDS", "0.2")
    monkeypatch.setenv("NAVIGATOR_SLOW_UPLOAD_SECONDS", "0.6")
    settings.cache_clear()


class Desk:
    """What stands behind: it notes the form that it is called with, and what the files hold."""

    def __init__(self) -> None:
        self.form: dict[str, list[str]] = {}
        self.files: list[tuple[str, bytes, bool]] = []
        self.open_files: list[FilePart] = []
        self.during: Callable[[], Any] = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        self.form = parse_qs(message["body"].decode(), keep_blank_values=True)
        self.open_files = scope["files"]
        for one in scope["files"]:
            one.file.seek(0) if one.file else None
            content = one.file.read() if one.file else b""
            self.files.append((one.file_name, content, one.is_too_large))
        self.during()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})


async def ask(
    desk: Desk, receive: Receiving, path: str = PATH, kind: bytes = KIND, address: str = "1.2.3.4"
) -> tuple[int, str]:
    """Send one form: the answer's status and page."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-length", b"9"), (b"content-type", kind)]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b""}
    await WholeBody(desk)({**scope, "client": (address, 5)}, receive, send)
    return sent[0]["status"], sent[-1].get("body", b"").decode()


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    """A part of a form."""
    file = f'; filename="{file_name}"' if file_name is not None else ""
    return f'--BB\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"


END = b"--BB--\r\n"


def run(asking: Coroutine[Any, Any, tuple[int, str]]) -> tuple[int, str]:
    """What comes of it, in a thread of its own: the browser of other tests may hold a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asking).result()


def send(desk: Desk, *parts: bytes, **how: Any) -> tuple[int, str]:
    return run(ask(desk, sending(*parts, **how)))


def test_the_words_come_as_a_form_and_the_files_on_the_disk():
    desk = Desk()
    desk.during = lambda: [os.fstat(one.file.fileno()).st_nlink for one in desk.open_files if one.file] == [0]
    status, _ = send(
        desk,
        part("body", "Größe\r\nzwei".encode()),
        part("files", b"abc", "../x.png"),
        part("then", b"go") + END,
    )
    assert status == 200
    assert {name: values for name, values in desk.form.items() if name != "files"} == {
        "body": ["Größe\r\nzwei"],
        "then": ["go"],
    }
    assert desk.files == [("../x.png", b"abc", False)]
    assert all(one.file.closed for one in desk.open_files if one.file)
    assert not any(Path(settings().data_dir / "incoming").iterdir())


def test_another_picture_is_another_form():
    """Else another picture that is sent from the same page would be taken for a second press."""
    forms = []
    for content in (b"abc", b"abd", b"abc"):
        desk = Desk()
        send(desk, part("files", content, "a.png"), END)
        forms.append(desk.form)
    assert forms[0] == forms[2] != forms[1]


def test_a_box_in_which_nothing_was_chosen_is_no_file():
    desk = Desk()
    assert send(desk, part("files", b"", ""), END)[0] == 200
    assert desk.files == []
    assert send(desk, part("files", b"", "empty.png"), END)[0] == 200
    assert desk.files == [("empty.png", b"", False)]


def test_of_a_file_that_is_too_large_no_more_is_kept_and_the_words_are_read():
    """T17 of the peers."""
    desk = Desk()
    piece = bytes(1_000_000)
    pieces = [part("files", piece, "film.mp4")[:-2], *[piece] * 20, b"\r\n" + part("body", b"my words") + END]
    assert send(desk, *pieces)[0] == 200
    assert desk.form["body"] == ["my words"]
    ((_, content, is_too_large),) = desk.files
    assert is_too_large
    assert len(content) < 9_000_000


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ((part("files", bytes(1000), "a"), *[bytes(1_000_000)] * 70), 413),
        ((part("body", b"x" * (LARGEST_BODY + 1)), END), 413),
        (tuple(part("a", b"b") for _ in range(300)), 400),
        ((part("files", b"abc", "a"),), 400),
        ((b"nonsense",), 400),
        ((b"--BB\r\n" + b"X" * 100_000,), 400),
    ],
    ids=["too much", "too many words", "too many parts", "no end", "no form", "a head without end"],
)
def test_what_is_no_form_or_too_much_is_refused_with_a_page(parts: tuple[bytes, ...], status: int):
    desk = Desk()
    got, page = send(desk, *parts)
    assert got == status
    assert "<h1" in page
    assert desk.form == {}


def test_a_form_without_a_boundary_is_none():
    assert run(ask(Desk(), sending(b"abc"), kind=b"multipart/form-data"))[0] == 400


@pytest.mark.parametrize("how", [{"ends": False}, {"every": 0.4}, {"every": 0.15}])
def test_whoever_does_not_go_on_is_not_waited_for(how: dict[str, Any]):
    status, page = send(Desk(), *[part("body", b"abc")] * 9, **how)
    assert status == 408
    assert "Send them first" in page


def test_one_address_and_all_together_have_only_so_many_at_a_time():
    with uploads_taken("1.2.3.4", uploads.MOST_OF_AN_ADDRESS):
        status, page = send(Desk(), part("body", b"abc"), END)
        assert status == 503
        assert "in a minute" in page
    assert send(Desk(), part("body", b"abc"), END)[0] == 200
    with ExitStack() as many:
        for number in range(uploads.MOST_AT_A_TIME):
            many.enter_context(uploads_taken(f"9.9.9.{number}", 1))
        assert send(Desk(), part("body", b"abc"), END)[0] == 503
    assert uploads._Reading.uploads == []


def test_slow_senders_of_few_addresses_hold_up_nobody_else(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploads, "MOST_AT_A_TIME", 4)

    async def crowd() -> list[int]:
        slow = [
            ask(Desk(), sending(part("body", b"abc"), ends=False), address=f"9.9.9.{number % 2}")
            for number in range(4)
        ]
        others = [
            ask(Desk(), sending(part("body", b"abc"), END, every=0.03), address=f"1.1.1.{number}")
            for number in range(3)
        ]
        return [status for status, _ in await asyncio.gather(*slow, *others)]

    with ThreadPoolExecutor(1) as thread:
        statuses = thread.submit(asyncio.run, crowd()).result()
    assert statuses == [503, 503, 408, 408, 200, 200, 503]  # of each address the oldest made room
    assert uploads._Reading.uploads == []


@contextmanager
def uploads_taken(address: str, count: int) -> Iterator[None]:
    """So many forms of an address that are whole, and being answered."""
    before = uploads._Reading.uploads
    uploads._Reading.uploads = [*before, *(Upload(address, "", ExitStack()) for _ in range(count))]
    yield
    uploads._Reading.uploads = before


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch):
    def full(self: FilePart, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FilePart, "write", full)
    assert send(Desk(), part("files", b"abc", "a"), END)[0] == 503


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/report/words", "multipart/form-data; boundary=b"),
        ("POST", "/follow/1/contact", "multipart/form-data; boundary=b"),
        ("POST", "/follow/1/answer/x", "multipart/form-data; boundary=b"),
        ("POST", "/follow/12345678901/answer", "multipart/form-data; boundary=b"),
        ("POST", "/tickets/1/replies", "multipart/form-data; boundary=b"),
        ("POST", "/log-in", "multipart/form-data; boundary=b"),
        ("POST", "/follow/1/answer", "application/x-www-form-urlencoded"),
        ("PUT", "/follow/1/answer", "multipart/form-data; boundary=b"),
    ],
)
def test_nothing_else_may_send_so_much(method: str, path: str, kind: str):
    assert not takes_files({"method": method, "path": path}, kind)


def test_each_address_that_takes_files_has_a_route_that_reads_them():
    """The list of addresses and the routes say the same."""
    reading = set()
    for method, path, route in DOORS:
        calls = [one.call for one in route.dependant.dependencies] if hasattr(route, "dependant") else []
        if any(isinstance(call, ReceivesFiles) for call in calls):
            reading.add(filled(path).replace("/files/1", "/files/notes"))
            assert method == "POST"
    assert reading
    assert {path for path in reading if not TAKES_FILES.fullmatch(path)} == set()
    taking = {
        filled(path).replace("/files/1", "/files/notes") for method, path, _ in DOORS if method == "POST"
    }
    assert {path for path in taking if TAKES_FILES.fullmatch(path)} == reading
