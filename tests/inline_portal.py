"""Where requests of tests run: in the thread that asks, in an event loop of its own.

Starlette's test client hands each request to the event loop of another thread, which hands it to a thread of
the desk, and changes threads a dozen times. A test waits for its answer anyway: here nothing changes threads.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from inspect import isawaitable
from typing import Any

import uvloop

from navigator.request_threads import ThreadPool


class InlinePortal:
    """What Starlette's test client needs of anyio's `BlockingPortal`."""

    def __init__(self) -> None:
        self._here = threading.local()

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run a function, or a coroutine to its end, and what was started before meanwhile."""

        async def call() -> Any:
            result = function(*args)
            return await result if isawaitable(result) else result

        return self._loop.run_until_complete(call())

    def start_task_soon(self, function: Callable[..., Awaitable[Any]], *args: Any) -> "asyncio.Task[Any]":
        """Begin a coroutine; it goes on whenever something is called."""

        async def start() -> Any:
            return await function(*args)

        return self._loop.create_task(start())

    def wait(self, started: "list[asyncio.Task[Any] | Future[Any]]") -> None:
        """Run what was started to its end; a desk with its jobs, in a thread of its own, runs itself."""
        for one in started:
            if isinstance(one, Future):
                one.exception()
            else:
                self._loop.run_until_complete(asyncio.wait([one]))
                _ = one.cancelled() or one.exception()  # whoever waits for it has seen it

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        if not hasattr(self._here, "loop"):
            self._here.loop = uvloop.new_event_loop()
        loop: asyncio.AbstractEventLoop = self._here.loop
        return loop


async def run_here(_: ThreadPool, work: Callable[[], Any]) -> Any:
    """What some work returns, in the thread of the event loop."""
    return work()
