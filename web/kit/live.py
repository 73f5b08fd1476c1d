"""Server-sent events (SSE): a stream that says when something changed, so that a page need not be reloaded.

What is async here waits for minutes, and holds no session while it does. It carries no words and
no numbers but those that a page asked about: a page asks for what changed as anybody would, and so shows it
only to those who may see it. A browser follows its visible pages by one stream (`static/live_worker.js`).

It returns its response and is no generator, as FastAPI's own SSE routes are: those keep two tasks and two
queues for each stream, which then takes 50 kB and not 30 (400 streams, as `tests/bench` opens them).
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.responses import Response

from navigator import database
from navigator.errors import NotFound, Unavailable
from navigator.fields import Id
from navigator.people import sessions
from navigator.people.actor import Actor
from navigator.people.tokens import hashed
from navigator.tickets.bell import NOTHING_UNREAD, Unread, unread_of
from navigator.tickets.change_signals import change_signals
from navigator.tickets.queue import change_feed
from navigator.tickets.queue.change_feed import ChangeFeed
from navigator.tickets.visibility import find
from web.kit import cookies
from web.kit.deps import Router, Staff
from web.kit.process import Process

router = Router()

UNBUFFERED = {"x-accel-buffering": "no"}
"""A proxy would keep lines back until they are many."""
QUEUE, BELL = "queue", "bell"
MOST_TICKETS = 100
MAX_STREAMS = 1000
KEEP_ALIVE_EVERY = 20.0
"""Seconds after which a line is sent all the same, so that a lost connection is noticed."""
STREAM_LASTS = 600.0
"""Seconds after which the browser must come again: by then somebody’s roles may be others."""

RETRY = format_sse_event(retry=3000)
Tickets = Annotated[Sequence[Id], Query(max_length=MOST_TICKETS)]


@dataclass(eq=False)
class Listener:
    """The open pages of one browser: the services of their queue, tickets with theirs, and whose bell.

    `log_in` is the hash of the token that opened them: once that is locked or has ended they hear no more.
    """

    log_in: str
    services: frozenset[int]
    tickets: Mapping[int, int] = field(default_factory=dict)
    bell_of: int | None = None
    unread: Unread = NOTHING_UNREAD
    news: set[str] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    has_ended: bool = False

    def end(self) -> None:
        """Tell the pages nothing more."""
        self.has_ended = True
        self.woken.set()

    def notify(self, changed: Mapping[int, frozenset[int]]) -> None:
        """Wake the pages if this concerns one of them."""
        if self.services & changed.keys():
            self.news.add(QUEUE)
        self.news |= {str(one) for one, service in self.tickets.items() if one in changed.get(service, ())}
        if self.news:
            self.woken.set()

    def ring(self, unread: Mapping[int, Unread]) -> None:
        """Wake the pages if what their reader was told, or has read, is not what it was."""
        now = unread.get(self.bell_of or 0, NOTHING_UNREAD)
        if self.bell_of is not None and now != self.unread:
            self.unread = now
            self.news.add(BELL)
            self.woken.set()

    def take_news(self) -> str:
        """What is new since it was last told: the queue, and the numbers of tickets."""
        news, self.news = self.news, set()
        self.woken.clear()
        return " ".join(sorted(news))


class _News(NamedTuple):
    """What a look found: changed tickets by service, what is unread by its reader, log-ins that are open."""

    changed: Mapping[int, frozenset[int]]
    unread: Mapping[int, Unread]
    log_ins: Collection[str]


class _Streams:
    """The listeners of this process, and what watches for them while there are any."""

    listeners: set[Listener] = set()  # noqa: RUF012 - one for the process
    watch: asyncio.Task[None] | None = None
    has_begun = asyncio.Event()
    """Whether it reads: nobody is told of what changed before."""


@router.get("/live")
def live(
    request: Request, actor: Staff, ticket: Tickets = (), queue: bool = False, bell: bool = False
) -> Response:
    """Say when something changed on these tickets, in the actor's services, or under their bell."""
    log_in = hashed(cookies.read_cookie(request, cookies.LOG_IN))
    listener = _listener_of(actor, log_in, ticket, queue or not (ticket or bell), bell)
    is_head = request.scope.get("head_alone")
    return EventSourceResponse(() if is_head else _events(listener), headers=UNBUFFERED)


def _listener_of(
    actor: Actor, log_in: str, numbers: Sequence[int], has_queue: bool, has_bell: bool
) -> Listener:
    """A listener to what the actor may see; not found, if that is none of it."""
    if len(_Streams.listeners) >= MAX_STREAMS:
        raise Unavailable("Too many pages are open.")
    tickets, bells = {}, {actor.user_id or 0} if has_bell else set()
    with database.reading() as session:
        unread = unread_of(session, bells)
        for number in numbers:
            with suppress(NotFound):
                tickets[number] = find(session, actor, number).service_id
    if not (has_queue or tickets or has_bell):
        raise NotFound("We cannot find that ticket.")
    services = actor.services() if has_queue else frozenset[int]()
    bell_of = actor.user_id if has_bell else None
    return Listener(log_in, services, tickets, bell_of, unread.get(bell_of or 0, NOTHING_UNREAD))


async def _events(listener: Listener) -> AsyncIterator[bytes]:
    _Streams.listeners.add(listener)
    if _Streams.watch is None or _Streams.watch.done():
        _Streams.has_begun, _Streams.watch = asyncio.Event(), asyncio.create_task(_watch())
    ends = asyncio.get_running_loop().time() + (0 if Process.serves_first_pages else STREAM_LASTS)
    try:
        await _Streams.has_begun.wait()
        yield RETRY
        while asyncio.get_running_loop().time() < ends:
            try:
                await asyncio.wait_for(listener.woken.wait(), KEEP_ALIVE_EVERY)
            except TimeoutError:
                yield KEEPALIVE_COMMENT
                continue
            if listener.has_ended:
                return
            yield format_sse_event(event="changed", data_str=listener.take_news())
    finally:
        _Streams.listeners.discard(listener)


async def _watch() -> None:
    """Look whenever there may be something new, until nobody listens any more."""
    try:
        feed = await run_in_threadpool(_start_feed)
    finally:
        _Streams.has_begun.set()
    async for _ in change_signals():
        if not _Streams.listeners:
            return
        with suppress(*database.STORAGE_DOWN):
            listeners = tuple(_Streams.listeners)
            news = await run_in_threadpool(_poll, feed, listeners)
            for listener in listeners:
                listener.notify(news.changed)
                listener.ring(news.unread)
                if listener.log_in not in news.log_ins:
                    listener.end()


def _start_feed() -> ChangeFeed:
    with database.reading() as session:
        return change_feed.start_feed(session)


def _poll(feed: ChangeFeed, listeners: Sequence[Listener]) -> _News:
    bells = frozenset(each.bell_of for each in listeners if each.bell_of is not None)
    with database.reading() as session:
        log_ins = sessions.still_open(session, {each.log_in for each in listeners})
        return _News(feed.poll(session), unread_of(session, bells), log_ins)
