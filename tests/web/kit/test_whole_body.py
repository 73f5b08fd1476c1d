"""Bodies are read whole, within limits of time and size, before the application is called: 11.F1."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from navigator.settings import settings
from web.kit import whole_body
from web.kit.file_paths import LARGEST_BODY
from web.kit.whole_body import WholeBody

Receiving = Callable[[], Awaitable[Message]]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAVIGATOR_STALLED_REQUEST_SECONDS", "0.2")
    monkeypatch.setenv("NAVIGATOR_SLOW_REQUEST_SECONDS", "0.6")
    settings.cache_clear()


class Desk:
    """What stands behind: it notes what it is called with, and answers 200."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.then: Message = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        assert (scope["method"], message["more_body"]) == ("POST", False)
        self.bodies.append(message["body"])
        self.then = await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})


def sending(*parts: bytes, every: float = 0.0, ends: bool = True) -> Receiving:
    """A body that comes in these parts, so many seconds apart; it may never end."""
    left = list(parts)

    async def receive() -> Message:
        await asyncio.sleep(every)
        if not left and not ends:
            await asyncio.sleep(60)
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or not ends}

    return receive


async def ask(desk: Desk, receive: Receiving, path: str = "/take", length: str = "9") -> tuple[int, Any]:
    """Send one request: the answer's status, and its headers."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-length", length.encode())] if length else [(b"transfer-encoding", b"chunked")]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b""}
    await WholeBody(desk)(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"])


@pytest.mark.parametrize("length", ["9", ""])
def test_the_application_is_called_with_the_whole_body_and_hears_what_comes_after(length: str):
    desk = Desk()
    status, _ = asyncio.run(ask(desk, sending(b"abc", b"", b"def", every=0.01), length=length))
    assert (status, desk.bodies, desk.then) == (200, [b"abcdef"], {"type": "http.disconnect"})


@pytest.mark.parametrize(
    "body",
    [
        sending(b"abc", ends=False),
        sending(ends=False),
        sending(*[b"x"] * 50, every=0.1),  # never without a byte for long
    ],
)
def test_who_sends_for_too_long_is_told_and_the_connection_closed(body: Receiving):
    desk = Desk()
    status, headers = asyncio.run(ask(desk, body))
    assert (status, headers[b"connection"], desk.bodies) == (408, b"close", [])


def test_other_systems_are_told_so_as_a_problem():
    status, headers = asyncio.run(ask(Desk(), sending(b"{", ends=False), path="/api/v1/reports"))
    assert (status, headers[b"content-type"]) == (408, b"application/problem+json")


def test_too_much_is_refused_before_all_of_it_is_here():
    desk = Desk()
    status, _ = asyncio.run(ask(desk, sending(*[b"x" * 60_000] * 10, ends=False), length=""))
    assert (status, desk.bodies) == (413, [])
    assert asyncio.run(ask(desk, sending(b"x" * LARGEST_BODY)))[0] == 200


def test_nobody_is_called_for_a_body_whose_sender_has_gone():
    desk = Desk()
    asyncio.run(ask(desk, sending()))
    assert desk.bodies == []


def test_where_many_send_much_at_once_the_largest_is_refused_and_a_form_goes_through(
    monkeypatch: pytest.MonkeyPatch,
):
    """11.F1: 500 senders of 500 kB each would be 250 MB, and a bound alone would shut out everybody."""
    monkeypatch.setattr(whole_body, "MOST_IN_FLIGHT", 1_000)

    async def crowd() -> list[int]:
        desk = Desk()
        large = [ask(desk, sending(b"x" * size, ends=False)) for size in (300, 600, 400)]
        small = ask(desk, sending(b"x" * 50, b"y" * 50, every=0.05))
        return [status for status, _ in await asyncio.gather(*large, small)]

    assert asyncio.run(crowd()) == [408, 503, 408, 200]
    assert (whole_body._InFlight.size, whole_body._InFlight.bodies) == (0, set())


def test_a_form_is_refused_where_all_room_is_taken_by_bodies_that_are_being_answered(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(whole_body, "MOST_IN_FLIGHT", 1_000)
    monkeypatch.setattr(whole_body._InFlight, "size", 990)
    assert asyncio.run(ask(Desk(), sending(b"x" * 50)))[0] == 503
    assert whole_body._InFlight.size == 990
