"""Server-sent events (SSE): a stream that says when something changed, so that a page need not be reloaded.

The one route that is async: it waits for minutes, and holds no session while it does. It carries no words and
no numbers: a page asks for what changed as anybody would, and so shows it only to those who may see it.

It returns its response and is no generator, as FastAPI's own SSE routes are: those keep two tasks and two
queues for each stream, which then takes 50 kB and not 30 (400 streams, as `tests/bench` opens them).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.responses import Response

from navigator import database
from navigator.errors import Unavailable
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.tickets.change_signals import change_signals
from navigator.tickets.queue import change_feed
from navigator.tickets.queue.change_feed import ChangeFeed
from navigator.tickets.visibility import find
from web.kit.deps import Staff

router = APIRouter()

MAX_STREAMS = 1000
KEEP_ALIVE_EVERY = 20.0
"""Seconds after which a line is sent all the same, so that a lost connection is noticed."""
STREAM_LASTS = 600.0
"""Seconds after which the browser must come again: by then somebody may have been logged out."""

RETRY = format_sse_event(retry=3000)
CHANGED = format_sse_event(event="changed", data_str="")


@dataclass(eq=False)
class Listener:
    """One open page: the services whose changes it shows, or the one ticket."""

    services: frozenset[int]
    number: int = 0
    event: asyncio.Event = field(default_factory=asyncio.Event)

    def notify(self, changed: Mapping[int, frozenset[int]]) -> None:
        """Wake the page if this concerns it."""
        if any(
            not self.number or self.number in changed[service_id]
            for service_id in self.services & changed.keys()
        ):
            self.event.set()


class _Streams:
    """The listeners of this process, and what watches for them while there are any."""

    listeners: set[Listener] = set()  # noqa: RUF012 - one for the process
    watch: asyncio.Task[None] | None = None


@router.get("/live")
async def live(request: Request, actor: Staff, ticket: Annotated[Id, Query()] | None = None) -> Response:
    """Say when something changed in the actor's services, or on one ticket."""
    if len(_Streams.listeners) >= MAX_STREAMS:
        raise Unavailable("Too many pages are open.")
    listener = await run_in_threadpool(_listener_of, actor, ticket)
    is_head = request.scope.get("head_alone")
    return EventSourceResponse(() if is_head else _events(listener))


def _listener_of(actor: Actor, number: int | None) -> Listener:
    if number is None:
        return Listener(actor.services())
    with database.reading() as session:
        return Listener(frozenset({find(session, actor, number).service_id}), number)


async def _events(listener: Listener) -> AsyncIterator[bytes]:
    _Streams.listeners.add(listener)
    if _Streams.watch is None or _Streams.watch.done():
        _Streams.watch = asyncio.create_task(_watch())
    ends = asyncio.get_running_loop().time() + STREAM_LASTS
    try:
        yield RETRY
        while asyncio.get_running_loop().time() < ends:
            try:
                await asyncio.wait_for(listener.event.wait(), KEEP_ALIVE_EVERY)
            except TimeoutError:
                yield KEEPALIVE_COMMENT
                continue
            listener.event.clear()
            yield CHANGED
    finally:
        _Streams.listeners.discard(listener)


async def _watch() -> None:
    """Look whenever there may be something new, until nobody listens any more."""
    feed = await run_in_threadpool(_start_feed)
    async for _ in change_signals():
        if not _Streams.listeners:
            return
        with suppress(*database.STORAGE_DOWN):
            changed = await run_in_threadpool(_poll, feed)
            for listener in tuple(_Streams.listeners):
                listener.notify(changed)


def _start_feed() -> ChangeFeed:
    with database.reading() as session:
        return change_feed.start_feed(session)


def _poll(feed: ChangeFeed) -> Mapping[int, frozenset[int]]:
    with database.reading() as session:
        return feed.poll(session)
