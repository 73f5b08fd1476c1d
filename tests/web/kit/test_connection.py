"""A server's connections: too many make room for one more, and an answer that nobody reads ends (11.F1)."""

import asyncio
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from threading import Thread
from time import monotonic, sleep

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from navigator.settings import settings
from web.kit import connection
from web.kit.connection import Connection

LARGE = 20_000_000
CHUNKED = b"POST /%s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
ASKED = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    while scope["method"] == "POST" and (await receive()).get("more_body"):
        pass
    body = "x" * LARGE if scope["path"] == "/large" else "here"
    if scope["path"] == "/headers":
        body = f"{scope['headers']} here"
    await PlainTextResponse(body)(scope, receive, send)


@pytest.fixture
def server() -> Iterator[uvicorn.Server]:
    """A server of nothing much, by the desk's own kind of connection."""
    config = uvicorn.Config(answer, port=0, http=Connection, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.01)
    yield server
    server.should_exit = server.force_exit = True
    thread.join()


def call(server: uvicorn.Server, words: bytes = b"") -> socket.socket:
    caller = socket.create_connection(server.servers[0].sockets[0].getsockname(), timeout=60)
    caller.sendall(words)
    return caller


def test_where_there_are_too_many_connections_the_idlest_makes_room(
    server: uvicorn.Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "most_connections", lambda: 20)
    with ExitStack() as callers:
        first = callers.enter_context(call(server))
        idle = callers.enter_context(call(server, ASKED % b"small"))
        assert _is_answered(idle)
        for _ in range(18):
            callers.enter_context(call(server, b"GET /"))
        for gone in (idle, first):  # whom nothing is waited for goes before whoever may yet go on
            one_more = callers.enter_context(call(server, ASKED % b"small"))
            assert _is_answered(one_more)
            with suppress(ConnectionResetError):
                assert gone.recv(1000) == b""
            one_more.close()
            callers.enter_context(call(server, b"GET /"))
        assert len(server.server_state.connections) <= 20


def test_an_answer_that_nobody_reads_is_ended(server: uvicorn.Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "UNREAD_ANSWER_LASTS", 0.3)
    with call(server, ASKED % b"large"):
        _wait(lambda: server.server_state.total_requests == 1)
        _wait_for(server, 0)


def test_an_answer_that_is_read_slowly_is_read_to_its_end(
    server: uvicorn.Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "UNREAD_ANSWER_LASTS", 5)
    with call(server, ASKED % b"large") as caller:
        sleep(0.3)
        received = 0
        while received < LARGE:
            received += len(caller.recv(1_000_000))


def test_two_requests_at_once_on_one_connection_are_both_answered(server: uvicorn.Server):
    with call(server, (ASKED % b"one") + (ASKED % b"two") + b"GET /thr") as caller:
        sleep(0.2)
        caller.sendall(b"ee HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b""
        while part := caller.recv(1000):
            received += part
    assert received.count(b"200 OK") == 3


def test_what_comes_behind_a_body_is_no_header(server: uvicorn.Server):
    """Else whoever writes there an address, or who is logged in, would say it behind the proxy's back."""
    with call(
        server, CHUNKED % b"headers" + b"3\r\nabc\r\n0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
    ) as caller:
        received = _until_here(caller)
    assert b"host" in received
    assert b"x-forwarded-for" not in received


def test_no_more_connections_than_the_system_has_files_for(monkeypatch: pytest.MonkeyPatch):
    for allowed, most in {1024: 724, 64: 50, 100_000: 4000, -1: 4000}.items():
        monkeypatch.setattr(resource, "getrlimit", lambda _, allowed=allowed: (allowed, -1))
        assert connection.most_connections() == most


def test_more_files_are_asked_for_where_that_is_allowed(monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    for limits in ((1024, -1), (1024, 2048), (100_000, -1), (-1, -1)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limits=limits: limits)
        connection.allow_connections()
    assert asked == [(4300, -1), (2048, 2048)]


def _is_answered(caller: socket.socket) -> bool:
    return _until_here(caller).endswith(b"here")


def _until_here(caller: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"here") and (part := caller.recv(1000)):
        received += part
    return received


def _wait_for(server: uvicorn.Server, count: int) -> None:
    _wait(lambda: len(server.server_state.connections) == count)


def _wait(is_so: Callable[[], bool]) -> None:
    ends = monotonic() + 60
    while not is_so():
        assert monotonic() < ends
        sleep(0.01)


@pytest.mark.parametrize("begun", [b"GET / HTTP/1.1\r\n", CHUNKED % b"small" + b"3\r\nabc\r\n0\r\n"])
def test_what_has_no_end_before_or_behind_a_body_is_not_read_to_it(server: uvicorn.Server, begun: bytes):
    with call(server, begun) as caller, suppress(ConnectionResetError, BrokenPipeError):
        for _ in range(40):
            caller.sendall(b"X-More: " + b"x" * 4000 + b"\r\n")
            sleep(0.005)
        received = b""
        while part := caller.recv(1000):
            received += part
        assert received.startswith(b"HTTP/1.1 400 ")
    _wait_for(server, 0)


def test_who_sends_empty_lines_after_an_answer_is_waited_for_no_longer_than_others(
    server: uvicorn.Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(settings(), "stalled_request_seconds", 0.3)
    with call(server, ASKED % b"small") as caller:
        assert _is_answered(caller)
        caller.sendall(b"\r\n")
        _wait_for(server, 0)


def test_empty_lines_before_a_request_are_passed_over(server: uvicorn.Server):
    with call(server, ASKED % b"small") as caller:
        for _ in range(3):
            assert _is_answered(caller)
            caller.sendall(b"\r\n")
            sleep(0.05)
            caller.sendall(ASKED % b"small")
        assert _is_answered(caller)


def test_a_thousand_requests_at_once_are_not_kept_for_one_caller(server: uvicorn.Server):
    with call(server, (ASKED % b"small") * 1000) as caller, suppress(ConnectionResetError, BrokenPipeError):
        received = b""
        while part := caller.recv(10_000):
            received += part
        assert received.count(b"200 OK") <= connection.MOST_AT_ONCE
    _wait_for(server, 0)


def test_a_large_body_is_read_whole(server: uvicorn.Server):
    chunk = b"%x\r\n%s\r\n" % (1000, b"x" * 1000)
    with call(server, CHUNKED % b"small") as caller:
        for _ in range(300):
            caller.sendall(chunk)
        caller.sendall(b"0\r\n\r\n")
        assert _is_answered(caller)


class Sent(list[bytes]):
    """What was sent, in place of a transport."""

    def write(self, data: bytes) -> None:
        self.append(data)

    def close(self) -> None:
        self.append(b"closed")

    abort = close

    def is_closing(self) -> bool:
        return b"closed" in self


HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ([HEAD, b"body"], [HEAD + b"body"]),
        ([HEAD, b""], [HEAD]),
        ([HEAD, None, b"event", b"event"], [HEAD, b"event", b"event"]),  # a stream’s head waits for none
        ([HEAD, b"x" * 200_000], [HEAD, b"x" * 200_000]),
        ([HEAD, b"one", HEAD, b"two"], [HEAD + b"one", HEAD + b"two"]),
    ],
)
def test_the_head_of_an_answer_is_sent_along_with_its_body(written: list[bytes | None], sent: list[bytes]):
    transport = Sent()

    async def write() -> None:
        together = connection._SentTogether(transport, asyncio.get_running_loop())  # type: ignore[arg-type]
        for data in written:
            if data is None:
                await asyncio.sleep(0)
            else:
                together.write(data)
        await asyncio.sleep(0)
        together.write(HEAD)
        together.close()

    asyncio.run(write())
    assert transport == [*sent, HEAD, b"closed"]
