"""Workers of one socket share the connections that come at once."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest
import uvicorn

from web import fair_accept
from web.fair_accept import Server

CAME = 4
LONG = 3600.0


async def answers(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@asynccontextmanager
async def serving(listening: socket.socket, most: int) -> AsyncIterator[tuple[Server, ...]]:
    """So many servers of one socket."""
    config = uvicorn.Config(answers, lifespan="off", log_config=None)
    config.load()
    own = {Server(config): listening.dup() for _ in range(most)}
    for server, one in own.items():
        server.lifespan = config.lifespan_class(config)
        await server.startup([one])
    try:
        yield tuple(own)
    finally:
        for server, one in own.items():
            await server.shutdown([one])


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.001)


def served(server: Server) -> int:
    return len(server.server_state.connections)


def come(port: int, stack: ExitStack) -> None:
    for _ in range(CAME):
        stack.enter_context(socket.create_connection(("127.0.0.1", port)))


def shared(monkeypatch: pytest.MonkeyPatch, wait: float, most: int, taken: int) -> list[int]:
    """How many connections each server has, of some that come at once, when so many are taken."""
    monkeypatch.setattr(fair_accept, "OTHERS_GO_FIRST", wait)

    async def share() -> list[int]:
        with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as stack:
            come(listening.getsockname()[1], stack)
            async with serving(listening, most) as servers:
                await until(lambda: sum(map(served, servers)) >= taken)
                await asyncio.sleep(0.02)
                return [served(each) for each in servers]

    return asyncio.run(share())


def test_who_has_taken_a_connection_lets_the_others_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before, one worker took all eight of a proxy, and one processor of two served them."""
    assert shared(monkeypatch, LONG, most=2, taken=2) == [1, 1]


def test_one_alone_takes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shared(monkeypatch, fair_accept.OTHERS_GO_FIRST, most=1, taken=CAME) == [CAME]


def test_where_no_file_can_be_opened_it_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_accept, "_IS_FULL", 0.001)
    refused: list[int] = []

    class Full(socket.socket):
        def dup(self) -> "Full":
            return Full(fileno=super().dup().detach())

        def accept(self) -> Any:
            if len(refused) < 3:
                refused.append(1)
                raise OSError(errno.EMFILE, "Too many open files")
            return super().accept()

    async def goes_on() -> int:
        with Full() as listening, ExitStack() as stack:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            come(listening.getsockname()[1], stack)
            async with serving(listening, 1) as (server,):
                await until(lambda: served(server) == CAME)
                return served(server)

    assert asyncio.run(goes_on()) == CAME
    assert len(refused) == 3


def test_who_ends_takes_none_any_more() -> None:
    async def ends() -> int:
        with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as stack:
            async with serving(listening, 1) as (server,):
                server.should_exit = True
                await server.shutdown([])
                assert served(server) == 0
                come(listening.getsockname()[1], stack)
                await asyncio.sleep(0.05)
                return served(server)

    assert asyncio.run(ends()) == 0


def test_many_that_wait_are_taken_by_more_and_more_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By one each millisecond, a crowd that a restart had kept waiting would fill the system’s queue."""
    looks = list[int]()
    look = Server._look

    def note(server: Server) -> None:
        looks.append(served(server))
        look(server)

    monkeypatch.setattr(Server, "_look", note)

    async def take() -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=200) as listening, ExitStack() as stack:
            for _ in range(15):
                come(listening.getsockname()[1], stack)
            async with serving(listening, 1) as (server,):
                await until(lambda: served(server) == 15 * CAME)

    asyncio.run(take())
    assert len([each for each in looks if each < 15 * CAME]) <= 25


def test_who_was_taken_just_before_the_end_is_told_of_it() -> None:
    async def ends() -> int:
        with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as stack:
            async with serving(listening, 1) as (server,):
                server.should_exit = True
                come(listening.getsockname()[1], stack)
                server._take_some()  # and no turn of the loop in between
                await asyncio.wait_for(server.shutdown([]), 20)
                return served(server)

    assert asyncio.run(ends()) == 0
