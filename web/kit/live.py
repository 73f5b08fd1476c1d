"""Live pages: a stream that says when something changed, so that a page can show it without a reload.

The one route that is async: it waits for minutes, and holds no session while it does. It carries no words and
no numbers: a page asks for what changed as anybody would, and so shows it only to those who may see it.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

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

STREAM = "text/event-stream"
MAX_STREAMS = 1000
KEEP_ALIVE_EVERY = 20.0
"""Seconds after which a line is sent all the same, so that a lost connection is noticed."""
STREAM_LASTS = 600.0
"""Seconds after which the browser must come again: by then somebody may have been logged out."""


@dataclass(eq=False)
class Listener:
    """One open page: the services whose changes it shows, or the one ticket."""

    services: frozenset[int]
    number: int = 0
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wait(self, changed: Mapping[int, frozenset[int]]) -> None:
        """Wake the page if this concerns it."""
        if any(not self.number or self.number in changed[one] for one in self.services & changed.keys()):
            self.woken.set()


class _Here:
    """The listeners of this process, and what watches for them while there are any."""

    listeners: set[Listener] = set()  # noqa: RUF012 - one for the process
    watch: asyncio.Task[None] | None = None


@router.get("/live")
async def live(request: Request, actor: Staff, ticket: Annotated[Id, Query()] | None = None) -> Response:
    """Say when something changed in the actor's services, or on one ticket."""
    if len(_Here.listeners) >= MAX_STREAMS:
        raise Unavailable("Too many pages are open.")
    listener = await run_in_threadpool(_listener, actor, ticket)
    is_head = request.scope.get("head_alone")
    return Response(media_type=STREAM) if is_head else StreamingResponse(_told(listener), media_type=STREAM)


def _listener(actor: Actor, number: int | None) -> Listener:
    if number is None:
        return Listener(actor.services())
    with database.reading() as session:
        return Listener(frozenset({find(session, actor, number).service_id}), number)


async def _told(listener: Listener) -> AsyncIterator[str]:
    _Here.listeners.add(listener)
    if _Here.watch is None or _Here.watch.done():
        _Here.watch = asyncio.create_task(_watch())
    ends = asyncio.get_running_loop().time() + STREAM_LASTS
    try:
        yield "retry: 3000\n\n"
        while asyncio.get_running_loop().time() < ends:
            try:
                await asyncio.wait_for(listener.woken.wait(), KEEP_ALIVE_EVERY)
            except TimeoutError:
                yield ":\n\n"
                continue
            listener.woken.clear()
            yield "event: changed\ndata:\n\n"
    finally:
        _Here.listeners.discard(listener)


async def _watch() -> None:
    """Look whenever there may be something new, until nobody listens any more."""
    seen = await run_in_threadpool(_begin)
    async for _ in change_signals():
        if not _Here.listeners:
            return
        with suppress(*database.STORAGE_DOWN):
            changed = await run_in_threadpool(_beat, seen)
            for listener in tuple(_Here.listeners):
                listener.wait(changed)


def _begin() -> ChangeFeed:
    with database.reading() as session:
        return change_feed.start_feed(session)


def _beat(seen: ChangeFeed) -> Mapping[int, frozenset[int]]:
    with database.reading() as session:
        return seen.poll(session)
