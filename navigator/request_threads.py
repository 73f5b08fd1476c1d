"""Threads of requests: what a request depends on, its route and its commit run in one, one after another.

FastAPI gives every sync dependency and route a thread of its own, and two to each that yields: a page would
change threads six to eight times. Here dependencies are coroutines that wait for nothing but the database,
and `InOneThread`, a mixin of FastAPI's `APIRoute`, runs all of a request at once, in a pool of few threads.
"""

import asyncio
import inspect
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, ExitStack, suppress
from contextvars import Context, ContextVar, copy_context
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

T = TypeVar("T")

Handler = Callable[[Any], Coroutine[Any, Any, Any]]
"""What FastAPI makes of a route: a coroutine function from the request to the response."""


class _Opened(ExitStack):
    """What one request opened; `once` has by its maker what it opens once."""

    def __init__(self) -> None:
        super().__init__()
        self.once: dict[Callable[[], Any], Any] = {}


_Work = tuple[Context, Callable[[], Any], asyncio.AbstractEventLoop, asyncio.Future[Any]]

_opened: ContextVar[_Opened] = ContextVar("opened")


class ThreadPool:
    """So many threads at most, and those who wait for one in the order in which they came.

    The library's executor makes two futures of each request and chains them, a twentieth of a small page.
    """

    def __init__(self, name: str, size: int) -> None:
        self.size = size
        self._name = name
        self._waiting: SimpleQueue[_Work] = SimpleQueue()
        self._idle: deque[None] = deque()
        self._begun = 0
        self._begins = Lock()

    async def run(self, work: Callable[[], T]) -> T:
        """What some work returns that may wait for the database."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._have_one_wait()
        self._waiting.put((copy_context(), work, loop, done))
        try:
            return await done
        finally:
            del done  # else an error and this frame would hold each other

    def _have_one_wait(self) -> None:
        """Begin another thread if none is idle, up to so many; where none can begin, the others take it."""
        try:
            self._idle.pop()
        except IndexError:
            with self._begins:
                if self._begun == self.size:
                    return
                name = f"{self._name}_{self._begun + 1}"
                try:
                    Thread(target=self._work, name=name, daemon=True).start()
                except RuntimeError:
                    if self._begun == 0:
                        raise
                else:
                    self._begun += 1

    def _work(self) -> None:
        while True:
            _do(*self._waiting.get())  # nothing of it is held while the thread waits
            self._idle.append(None)


def _do(
    context: Context, work: Callable[[], T], loop: asyncio.AbstractEventLoop, done: asyncio.Future[T]
) -> None:
    if done.cancelled():  # whoever asked has gone before it began
        return
    try:
        settle = partial(_settle, done, context.run(work), None)
    except BaseException as error:
        settle = partial(_settle, done, None, error)
    with suppress(RuntimeError):  # the loop has ended: nobody waits
        loop.call_soon_threadsafe(settle)
    del settle, done  # as above


def _settle(done: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if done.cancelled():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)


WITH_FILES = ThreadPool("files", 2)
"""Where files are looked at, which takes seconds and memory: what has none does not wait for them."""


def opened(manager: AbstractContextManager[T]) -> T:
    """Enter a context of this thread’s request: it ends when the route has, before the answer is sent."""
    return _opened.get().enter_context(manager)


def opened_once(make: Callable[[], AbstractContextManager[T]]) -> T:
    """The one context of this kind of this thread's request: whoever asks again is given the same."""
    once = _opened.get().once
    if make not in once:
        once[make] = opened(make())
    given: T = once[make]
    return given


class InOneThread:
    """A mixin of `APIRoute`: the route, and all that it depends on, in one thread of its `pool`."""

    methods: Any

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _as_coroutine(endpoint), **options)  # type: ignore[call-arg]

    def pool(self) -> ThreadPool:
        """Where this route runs."""
        raise NotImplementedError

    def get_route_handler(self) -> Handler:
        """FastAPI's own handler, all of it in one thread."""
        handler: Handler = super().get_route_handler()  # type: ignore[misc]
        pool = self.pool()

        async def handle(request: Any) -> Any:
            if request.method not in ("GET", "HEAD"):
                await request.body()  # whoever reads it now waits for nothing
            return await (WITH_FILES if request.scope.get("files") else pool).run(
                partial(_finish, handler, request)
            )

        return handle


def _as_coroutine(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """A function as a coroutine function of the same signature, which waits for nothing."""
    if inspect.iscoroutinefunction(function):
        return function

    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    # Not as `functools.wraps` does it: FastAPI would look at what is wrapped, and see a function.
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(coroutine, name, getattr(function, name))
    coroutine.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return coroutine


def _finish(handler: Handler, request: Any) -> Any:
    """The response; what was opened on the way ends before it is returned, or with an exception."""
    with _Opened() as stack:
        _opened.set(stack)
        running = handler(request)
        try:
            running.send(None)
        except StopIteration as finished:
            return finished.value
        running.close()
        raise RuntimeError("A route or what it depends on waits for something else than the database.")
