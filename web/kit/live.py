"""Live pages: a stream that says when something changed, so that a page can show it without a reload.

The one route that is async: it waits for minutes, and holds no session while it does. It carries no words and
no numbers but those that a page asked about: a page asks for what changed as anybody would, and so shows it
only to those who may see it. A browser follows its visible pages by one stream (`static/live_worker.js`).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from navigator import database
from navigator.errors import NotFound, Unavailable
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.tickets.change_signals import change_signals
from navigator.tickets.queue import change_feed
from navigator.tickets.queue.change_feed import ChangeFeed
from navigator.tickets.visibility import find
from web.kit.deps import Staff

router = APIRouter()


STREAM = "text/event-stream"
UNBUFFERED = {"x-accel-buffering": "no"}
"""A proxy would keep lines back until they are many."""
QUEUE = "queue"
MOST_TICKETS = 100
MAX_STREAMS = 1000
KEEP_ALIVE_EVERY = 20.0
"""Seconds after which a line is sent all the same, so that a lost connection is noticed."""
STREAM_LASTS = 600.0
"""Seconds after which the browser must come again: by then somebody may have been logged out."""

Tickets = Annotated[Sequence[Id], Query(max_length=MOST_TICKETS)]


@dataclass(eq=False)
class Listener:
    """The open pages of one browser: the services whose queue they show, and tickets with their services."""

    services: frozenset[int]
    tickets: Mapping[int, int] = field(default_factory=dict)
    news: set[str] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wait(self, changed: Mapping[int, frozenset[int]]) -> None:
        """Wake the pages if this concerns one of them."""
        if self.services & changed.keys():
            self.news.add(QUEUE)
        self.news |= {str(one) for one, service in self.tickets.items() if one in changed.get(service, ())}
        if self.news:
            self.woken.set()

    def take_news(self) -> str:
        """What is new since it was last told: the queue, and the numbers of tickets."""
        news, self.news = self.news, set()
        self.woken.clear()
        return " ".join(sorted(news))


class _Here:
    """The listeners of this process, and what watches for them while there are any."""

    listeners: set[Listener] = set()  # noqa: RUF012 - one for the process
    watch: asyncio.Task[None] | None = None


@router.get("/live")
async def live(request: Request, actor: Staff, ticket: Tickets = (), queue: bool = False) -> Response:
    """Say when something changed on these tickets, and in the actor's services if asked or none is named."""
    listener = await run_in_threadpool(_listener, actor, ticket, queue or not ticket)
    if request.scope.get("head_alone"):
        return Response(media_type=STREAM, headers=UNBUFFERED)
    return StreamingResponse(_told(listener), media_type=STREAM, headers=UNBUFFERED)


def _listener(actor: Actor, numbers: Sequence[int], has_queue: bool) -> Listener:
    """A listener to what the actor may see; not found, if that is none of it."""
    if len(_Here.listeners) >= MAX_STREAMS:
        raise Unavailable("Too many pages are open.")
    tickets = {}
    with database.reading() as session:
        for number in numbers:
            with suppress(NotFound):
                tickets[number] = find(session, actor, number).service_id
    if not (has_queue or tickets):
        raise NotFound("We cannot find that ticket.")
    return Listener(actor.services() if has_queue else frozenset(), tickets)


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
            yield f"event: changed\ndata: {listener.take_news()}\n\n"
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
