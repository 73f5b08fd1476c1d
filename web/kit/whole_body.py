"""Request bodies, read whole before anything is taken for them: nothing of the desk waits for a network.

A phone that loses its signal, or somebody who means harm, may begin a form and never finish it. Until all of
it is here it costs some memory and nothing else. Who sends for too long gets a 408, too much a 413; and where
many send much at once, whoever holds the most a 503.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from navigator.settings import settings
from web.kit.error_pages import error_page
from web.kit.file_paths import LARGEST_BODY, takes_files
from web.kit.uploads import admitted, become_plain, read_upload

NOT_TAKEN = {
    408: "The pictures took too long to arrive. Go back: your words may still be there. Send them first.",
    413: "The files are too big. Send up to 3 files of 8 MB each.",
    503: "Many pictures are arriving just now. Go back and try again in a minute.",
}
"""What is said of files that did not come whole."""

MOST_IN_FLIGHT = 64_000_000
"""Bytes of all bodies that are read or answered now: above it, the largest still coming is refused."""


class _Body:
    """One body that is on its way, or read whole and being answered."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.patience: asyncio.Timeout | None = None
        self.is_crowded_out = False

    async def read(self, receive: Receive) -> int:
        """Read it whole: 0, or the status of the answer to a body that cannot be read."""
        now = asyncio.get_running_loop().time
        ends = now() + settings().slow_request_seconds
        try:
            async with asyncio.timeout_at(ends) as self.patience:
                is_whole = False
                while not (is_whole or self.is_crowded_out):
                    self.patience.reschedule(min(ends, now() + settings().stalled_request_seconds))
                    message = await receive()
                    if message["type"] != "http.request":
                        return 408  # gone: nobody hears it
                    is_whole = not message.get("more_body", False)
                    self.content += message.get("body", b"")
                    _InFlight.make_room(len(message.get("body", b"")))
                    if len(self.content) > LARGEST_BODY:
                        return 413
        except TimeoutError:
            return 503 if self.is_crowded_out else 408
        finally:
            self.patience = None
        return 503 if self.is_crowded_out else 0

    def crowd_out(self) -> None:
        """Refuse it, and forget it at once."""
        self.is_crowded_out = True
        _InFlight.size -= len(self.content)
        self.content = bytearray()
        if self.patience:
            self.patience.reschedule(0)

    def replay(self, receive: Receive) -> Receive:
        """What the application receives: the whole body, and then what the connection says."""
        is_given = False

        async def receive_again() -> Message:
            nonlocal is_given
            if is_given:
                return await receive()
            is_given = True
            return {"type": "http.request", "body": bytes(self.content), "more_body": False}

        return receive_again


class _InFlight:
    """The bodies of this process, from their first byte until they are answered."""

    bodies: set[_Body] = set()  # noqa: RUF012 - one for the process
    size = 0

    @classmethod
    def make_room(cls, more: int) -> None:
        """Count what came; above the bound, refuse those that are still coming, the largest first."""
        cls.size += more
        while cls.size > MOST_IN_FLIGHT:
            coming = [body for body in cls.bodies if body.patience and body.content]
            if not coming:
                return
            max(coming, key=lambda body: len(body.content)).crowd_out()


@contextmanager
def _in_flight() -> Iterator[_Body]:
    body = _Body()
    _InFlight.bodies.add(body)
    try:
        yield body
    finally:
        _InFlight.bodies.discard(body)
        _InFlight.size -= len(body.content)


class WholeBody:
    """Middleware that calls the application once the whole body is here, or answers by itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body of a request that has one, then pass it on."""
        if scope["type"] != "http" or not _has_body(headers := Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        if takes_files(scope, headers.get("content-type", "")):
            await self._with_files(scope, headers, receive, send)
            return
        with _in_flight() as body:
            if status := await body.read(receive):
                answer = error_page(scope, status)
                if status == 408:
                    answer.headers["connection"] = "close"  # the rest of it is not waited for
                await answer(scope, receive, send)
            else:
                await self.app(scope, body.replay(receive), send)

    async def _with_files(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """Read a form with files, each of which goes to the disk, and pass on the form without them."""
        with admitted(scope, headers) as upload:
            status = await read_upload(receive, upload) if upload else 503
            if status or not upload:
                answer = error_page(scope, status, NOT_TAKEN.get(status, ""))
                answer.headers["connection"] = "close"  # the rest of it is not waited for
                await answer(scope, receive, send)
            else:
                form = upload.as_plain_form()
                become_plain(scope, form, upload)
                await self.app(scope, _replayed(form, receive), send)


def _replayed(form: bytes, receive: Receive) -> Receive:
    body = _Body()
    body.content = bytearray(form)
    return body.replay(receive)


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
