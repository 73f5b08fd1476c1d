"""Connections that give up on whoever does not go on: what uvicorn waits for without an end, ends here.

`navigator serve` serves by this class. It knows nothing of the pages: a request that is whole is none of its
business, and how long an answer may take neither.
"""

import asyncio
import resource
import socket
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from navigator.settings import settings
from web.kit.file_paths import takes_files

MOST_CONNECTIONS = 4000
OTHER_FILES = 300
"""Files and connections that the desk needs beside: databases, models, mail."""
GRACE = 5.0
"""Seconds more, in which a body that came too slowly is answered in words (`whole_body`)."""
UNREAD_ANSWER_LASTS = 60.0
"""Seconds that an answer waits for somebody to read on."""
LARGEST_HEAD = 64_000
"""Bytes of a request before its body, its address and headers, and as many behind it."""
MOST_AT_ONCE = 20
"""Requests that one connection may send before the first of them is answered."""

_TCP = {
    "TCP_NODELAY": 1,
    "TCP_KEEPIDLE": 30,
    "TCP_KEEPINTVL": 10,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 60_000,
}
"""Small answers go at once; a phone that is gone is asked after 30 seconds, and given up after a minute."""

_LARGE = 100_000
"""Bytes of a body that is not copied to stand behind its head."""

IDLE, HEAD, BODY, ANSWER = "idle", "head", "body", "answer"


def most_connections() -> int:
    """How many connections are open at once: fewer where the system allows few open files."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if allowed < 0 else max(50, min(MOST_CONNECTIONS, allowed - OTHER_FILES))


def allow_connections() -> None:
    """Let this process open as many files as so many connections need, where the system allows it."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if 0 <= allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if most < 0 else min(wanted, most), most))


class _SentTogether:
    """A transport that sends the head of an answer along with its body: one packet and one call less."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop, self._head = transport, loop, b""
        self.is_closing, self.abort = transport.is_closing, transport.abort

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send something; a head waits for its body until the loop goes on: that of a stream goes then."""
        if len(data) > _LARGE:
            self._send_head()
        elif self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/1.1 "):
            self._head = data
            self._loop.call_soon(self._send_head)
            return
        self._transport.write(data)

    def close(self) -> None:
        """Send what is left, and end the connection."""
        self._send_head()
        self._transport.close()

    def _send_head(self) -> None:
        if self._head and not self.is_closing():
            self.write(b"")


class Connection(HttpToolsProtocol):
    """One connection: its headers and body must come in time, and its answer be read."""

    waits_for = HEAD
    since = 0.0
    cycle: Any  # None until the first request
    _coming = IDLE
    _goes_on = False
    _takes_files = False
    _without_end = 0
    _timer: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request; where there are too many connections, the idlest makes room."""
        super().connection_made(transport)
        _notice_when_gone(transport.get_extra_info("socket"))
        self.transport = cast(asyncio.Transport, _SentTogether(transport, self.loop))
        self._wait_for(HEAD)
        if len(self.connections) > most_connections():
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        super().connection_lost(exc)
        self._wait_for(IDLE)
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        """Go on with what came; a head without an end is not read to it, nor what comes behind a body."""
        self._goes_on = False
        super().data_received(data)
        if self._coming == IDLE and not self._goes_on:
            self._coming = HEAD  # empty lines, after which nothing else would end the connection
        self._without_end = 0 if self._goes_on and self._coming != HEAD else self._without_end + len(data)
        if self._without_end > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("Request header too large.")
        self._note()

    def on_message_begin(self) -> None:
        """Another request begins."""
        super().on_message_begin()
        self._coming = HEAD

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers: what comes behind a body is none."""
        if self._coming == HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its headers are here; whoever sends many requests before one is answered is refused."""
        if len(self.pipeline) >= MOST_AT_ONCE:
            raise ValueError("too many requests at once")
        self._coming, self._goes_on = BODY, True
        super().on_headers_complete()
        content_type = dict(self.headers).get(b"content-type", b"").decode("latin-1")
        self._takes_files = takes_files(self.scope, content_type)

    def on_body(self, body: bytes) -> None:
        """More of its body is here."""
        self._goes_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it is here."""
        self._coming, self._goes_on = IDLE, True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It is answered."""
        super().on_response_complete()
        self._note()

    def pause_writing(self) -> None:
        """Nobody reads the answer: end it, if that goes on."""
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD_ANSWER_LASTS, self.transport.abort)

    def resume_writing(self) -> None:
        """The answer is read."""
        super().resume_writing()
        if self._unread:
            self._unread.cancel()
            self._unread = None

    def _note(self) -> None:
        """Note what is waited for now."""
        if not self.transport.is_closing() and (waits_for := self._what_is_missing()) != self.waits_for:
            self._wait_for(waits_for)

    def _what_is_missing(self) -> str:
        if self._coming == BODY:
            return BODY
        if self.cycle and not self.cycle.response_complete:
            return ANSWER
        return self._coming if self.cycle else HEAD

    def _wait_for(self, waits_for: str) -> None:
        if self._timer:
            self._timer.cancel()
        self.waits_for, self.since, self._timer = waits_for, self.loop.time(), None
        if waits_for in (HEAD, BODY):
            self._timer = self.loop.call_later(self._patience(waits_for), self.transport.abort)

    def _patience(self, waits_for: str) -> float:
        """For how many seconds the headers, or the body, are waited for."""
        wanted = settings()
        if waits_for == HEAD:
            return wanted.stalled_request_seconds
        return GRACE + (wanted.slow_upload_seconds if self._takes_files else wanted.slow_request_seconds)

    def _make_room(self) -> None:
        """End the connection that has been idle for longest, or else the one that sends for longest."""
        waiting = [one for one in self.connections if isinstance(one, Connection) and one.waits_for != ANSWER]
        if waiting:
            idlest = min(waiting, key=lambda one: (one.waits_for != IDLE, one.since))
            self.connections.discard(idlest)
            idlest.transport.abort()


def _notice_when_gone(open_socket: socket.socket | None) -> None:
    """Ask the system to end the connection of somebody who has gone without a word."""
    if open_socket is None or open_socket.family not in (socket.AF_INET, socket.AF_INET6):
        return
    open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _TCP.items():
        if hasattr(socket, name):  # not every system has all of them
            open_socket.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
