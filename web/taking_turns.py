"""Taking turns: workers of one socket share the connections that come at once.

Left to itself, whichever worker wakes first takes all that wait: eight connections of a proxy, which stay
open, would be served by one process of two. Here each takes one and lets the others go first for a moment.
"""

import asyncio
import socket
from contextlib import suppress

import structlog
import uvicorn

OTHERS_GO_FIRST = 0.001
"""Seconds after which a worker that has taken a connection looks for another one."""
_IS_FULL = 1.0
"""Seconds until it looks again where the system lets it open no more."""

log = structlog.get_logger("desk.workers")


class Server(uvicorn.Server):
    """A server that takes turns with others on its one socket."""

    _listening: socket.socket
    _connecting: set[asyncio.Task[None]]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, and take connections; uvicorn is given no socket that it would take them from."""
        (self._listening,) = sockets or []
        self._listening.setblocking(False)
        self._listening.listen(self.config.backlog)
        self._connecting = set()
        await super().startup(sockets=[])
        self._look()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take none any more, and end as uvicorn does."""
        asyncio.get_running_loop().remove_reader(self._listening)
        await super().shutdown(sockets)

    def _look(self) -> None:
        if not self.should_exit:
            asyncio.get_running_loop().add_reader(self._listening, self._take)

    def _take(self) -> None:
        loop, wait = asyncio.get_running_loop(), OTHERS_GO_FIRST
        loop.remove_reader(self._listening)
        try:
            with suppress(BlockingIOError, ConnectionAbortedError):  # another took it, or who came has gone
                connecting = loop.create_task(self._connect(self._listening.accept()[0]))
                self._connecting.add(connecting)
                connecting.add_done_callback(self._connecting.discard)
        except OSError as error:
            log.error("no connection can be taken", error=type(error).__name__, errno=error.errno)
            wait = _IS_FULL
        loop.call_later(wait, self._look)

    async def _connect(self, taken: socket.socket) -> None:
        loop, config = asyncio.get_running_loop(), self.config
        taken.setblocking(False)
        told = {"config": config, "server_state": self.server_state, "app_state": self.lifespan.state}
        try:
            await loop.connect_accepted_socket(lambda: config.http_protocol_class(**told, _loop=loop), taken)  # type: ignore[call-arg]
        except BaseException:
            taken.close()
            raise
