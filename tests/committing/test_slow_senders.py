"""Senders who never finish, beside a desk that goes on working: 11.F1, on the desk as people run it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from navigator import database
from tests.committing.test_server_kill import REPORT, serving
from tests.free_port import free_port
from tests.people import PASSWORD, settle

_BROWSER = b"Host: x\r\nSec-Fetch-Site: same-origin\r\n"
_FORM = _BROWSER + b"Content-Type: application/x-www-form-urlencoded\r\n"
_PARTS = _BROWSER + b"Content-Type: multipart/form-data; boundary=b\r\n"
_JSON = b"Host: x\r\nContent-Type: application/json\r\n"
_MORE = b"Content-Length: 200\r\n\r\n"
HALF = {
    "a form": b"POST /report/place HTTP/1.1\r\n" + _FORM + _MORE + b"ser",
    "a chunked form": b"POST /report/place HTTP/1.1\r\n"
    + _FORM
    + b"Transfer-Encoding: chunked\r\n\r\n3\r\nser\r\n",
    "a log-in": b"POST /log-in HTTP/1.1\r\n" + _FORM + _MORE + b"ema",
    "a form of parts": b"POST /lost-link HTTP/1.1\r\n" + _PARTS + _MORE + b"--b\r\n",
    "a report of another system": b"POST /api/v1/reports HTTP/1.1\r\n" + _JSON + _MORE + b'{"a',
    "a body where none belongs": b"GET /report HTTP/1.1\r\n" + _BROWSER + _MORE + b"abc",
    "a head with a body": b"HEAD /report HTTP/1.1\r\n" + _BROWSER + _MORE + b"abc",
    "a stream with a body": b"GET /live HTTP/1.1\r\n" + _BROWSER + _MORE + b"abc",
    "half of the headers": b"POST /report/place HTTP/1.1\r\nHost: x\r\nX-Slow",
    "nothing at all": b"",
}
SENDERS = 500
PATIENCE = 40
"""Seconds in which each of the ordinary requests below is answered, on a busy machine."""


@pytest.fixture
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long the desk waits for the next byte: in most tests for longer than they last."""
    seconds = getattr(request, "param", 60)
    monkeypatch.setenv("NAVIGATOR_STALLED_REQUEST_SECONDS", str(seconds))
    monkeypatch.setenv("NAVIGATOR_SLOW_REQUEST_SECONDS", str(seconds * 2))


@pytest.fixture
def port(committing: str, tmp_path: Path, patience: None) -> Iterator[int]:
    """A desk with the people of the tests, served as people serve it."""
    with database.writing() as session:
        settle(session)
    port = free_port()
    with serving(committing, port, tmp_path):
        yield port


def begin(port: int, words: bytes) -> socket.socket:
    """Somebody who begins a request and sends no more."""
    sender = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    sender.sendall(words)
    return sender


def use(port: int, count: int) -> None:
    """An ordinary day, in short: pages, a report by a form and by a program, a log-in."""
    own = {"sec-fetch-site": "same-origin"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=own, timeout=PATIENCE) as client:
        assert client.get("/").status_code == client.head("/").status_code == 200
        assert client.get("/report").status_code == 200
        place = client.post("/report/place", data={"service": "north", "programme": "fern"})
        assert place.status_code == 303, place.text
        told = REPORT | {"body": f"It will not open {count}"}
        assert client.post("/api/v1/reports", json=told).status_code == 201
        log_in = client.post("/log-in", data={"email": "amina@north.example", "password": PASSWORD})
        assert log_in.status_code == 303, log_in.text
        assert client.get("/desk").status_code == 200
        with client.stream("GET", "/live") as stream:
            assert next(stream.iter_lines()) == "retry: 3000"


@pytest.mark.slow
@pytest.mark.sqlite_is_enough
def test_500_slow_senders_hold_up_nobody(port: int) -> None:
    """11.F1: a slot and a transaction were taken before the network was read, and held for as long."""
    use(port, 0)
    with ExitStack() as senders:
        for count in range(SENDERS):
            words = list(HALF.values())[count % len(HALF)]
            senders.enter_context(begin(port, words))
        for count in range(1, 4):
            use(port, count)


REFUSED = b"POST /report/place HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: cross-site\r\n" + _MORE
ANSWERED_IN_WORDS = {name for name, words in HALF.items() if b"\r\n\r\n" in words}


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("patience", [1], indirect=True)
def test_whoever_does_not_go_on_is_told_and_let_go(port: int) -> None:
    """11.F1: uvicorn waits for headers and bodies without an end."""
    with ExitStack() as senders:
        held = {name: senders.enter_context(begin(port, words)) for name, words in HALF.items()}
        answers = {name: all_of(sender) for name, sender in held.items()}
    told = {name for name, answer in answers.items() if b" 408 " in answer}
    assert told == ANSWERED_IN_WORDS
    assert b"That took too long to arrive" in answers["a form"]
    assert b"application/problem+json" in answers["a report of another system"]
    assert answers["nothing at all"] == answers["half of the headers"] == b""
    with begin(port, REFUSED) as sender:  # each byte after an answer put off the end of the connection
        assert is_let_go(sender)


def is_let_go(sender: socket.socket) -> bool:
    """Whether somebody who goes on sending, drop by drop, loses the connection."""
    ends = monotonic() + PATIENCE + 20
    with suppress(OSError):
        while monotonic() < ends:
            sender.sendall(b"x")
            sleep(0.2)
    return monotonic() < ends


def all_of(sender: socket.socket) -> bytes:
    """What somebody is answered, until the connection is closed."""
    sender.settimeout(PATIENCE + 20)
    received = b""
    with suppress(ConnectionResetError):
        while part := sender.recv(65_536):
            received += part
    return received
