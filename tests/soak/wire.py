"""Somebody at a connection: one request after the other, read to its end, for a fraction of a millisecond."""

import asyncio
from http import HTTPStatus
from typing import Self

import httptools

PATIENCE = 600.0


class Wire(asyncio.Protocol):
    """One kept connection to a desk; it is opened again when the desk has closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.transport: asyncio.Transport | None = None
        self.answered: asyncio.Future[int] | None = None

    async def ask(self, whole: bytes) -> int:
        """The status that a whole request is answered with; 0: the connection was closed without one."""
        if self.transport is None or self.transport.is_closing():
            await asyncio.get_running_loop().create_connection(self._myself, "127.0.0.1", self.port)
        assert self.transport
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(whole)
        return await asyncio.wait_for(self.answered, PATIENCE)

    def close(self) -> None:
        """Leave."""
        if self.transport:
            self.transport.close()

    def _myself(self) -> Self:
        self.parser = httptools.HttpResponseParser(self)
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The desk took the call."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """A piece of an answer."""
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        """The answer is whole; another one follows what only says to go on."""
        if self.parser.get_status_code() < HTTPStatus.OK:
            return
        if not self.parser.should_keep_alive() and self.transport:
            self.transport.close()
        self._say(self.parser.get_status_code())

    def connection_lost(self, _: Exception | None) -> None:
        """The desk has closed it."""
        self.transport = None
        self._say(0)

    def _say(self, status: int) -> None:
        if self.answered and not self.answered.done():
            self.answered.set_result(status)
