"""Fair accept: workers of one socket share the connections that come at once.

Left to itself, whichever worker wakes first takes all that wait: eight connections of a proxy, which stay
open, would be served by one process of two. Here each takes one and lets the others go first for a moment.
"""

import asyncio
import errno
import socket
from contextlib import suppress

import structlog
import uvicorn

OTHERS_GO_FIRST = 0.001
"""Seconds after which a worker that has taken connections looks for others."""
_ONE_BY_ONE = 8
"""So many in a row are taken one by one, as many again by two, and so on: a crowd does not wait for long."""
_IS_FULL = 1.0
"""Seconds until it looks again where the system lets it open no more."""
_FULL = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

log = structlog.get_logger("desk.workers")


class Server(uvicorn.Server):
    """A server that takes turns with others on its one socket."""

    _listening: socket.socket
    _connecting: set[asyncio.Task[None]]
    _in_a_row = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, and take connections; uvicorn is given no socket that it would take them from."""
        (self._listening,) = sockets or []
        self._listening.setblocking(False)
        self._listening.listen(self.config.backlog)
        self._connecting = set()
        await super().startup(sockets=[])
        self._look()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take none any more, and end as uvicorn does, which tells those that are connected."""
        asyncio.get_running_loop().remove_reader(self._listening)
        await asyncio.gather(*self._connecting, return_exceptions=True)
        await super().shutdown(sockets)

    def _look(self) -> None:
        if not self.should_exit:
            asyncio.get_running_loop().add_reader(self._listening, self._take_some)

    def _take_some(self) -> None:
        wait = OTHERS_GO_FIRST
        try:
            for _ in range(1 + self._in_a_row // _ONE_BY_ONE):
                self._take_one()
                self._in_a_row += 1
        except BlockingIOError:  # no more wait: another took them
            self._in_a_row = 0
        except OSError as error:
            log.error("no connection can be taken", error=type(error).__name__, errno=error.errno)
            wait = _IS_FULL if error.errno in _FULL else wait
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._listening)
        loop.call_later(wait, self._look)

    def _take_one(self) -> None:
        with suppress(ConnectionAbortedError):  # who came has gone
            connecting = asyncio.get_running_loop().create_task(self._connect(self._listening.accept()[0]))
            self._connecting.add(connecting)
            connecting.add_done_callback(self._connecting.discard)

    async def _connect(self, taken: socket.socket) -> None:
        loop, config = asyncio.get_running_loop(), self.config
        taken.setblocking(False)
        told = {"config": config, "server_state": self.server_state, "app_state": self.lifespan.state}
        try:
            await loop.connect_accepted_socket(lambda: config.http_protocol_class(**told, _loop=loop), taken)  # type: ignore[call-arg]
        except BaseException:
            taken.close()
            raise
