"""One thread a request: its dependencies, its route and its commit, before the answer is sent."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event, Thread, current_thread
from typing import Any
from weakref import ReferenceType, ref

import pytest
from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant, _is_coroutine_callable
from sqlmodel import Session
from starlette.testclient import TestClient

import api.deps
import web.kit.deps
from navigator import database, engines, request_threads
from navigator.request_threads import ThreadPool, opened, opened_once
from tests.cases import each_case
from tests.web.conftest import Enter
from tests.web.test_route_access import DOORS
from web.kit.deps import Router, hashes_password

pytestmark = pytest.mark.request_threads


@each_case(("method", "path", "route"), DOORS)
def test_nothing_of_a_request_takes_a_thread_of_its_own(method: str, path: str, route: Any):
    for one in all_of(route.dependant):
        assert one.call is None or _is_coroutine_callable(one.call), one.call
        assert one.concurrency is None


def all_of(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for one in dependant.dependencies:
        yield from all_of(one)


def test_as_many_threads_as_connections():
    pools = (web.kit.deps.READERS, web.kit.deps.WRITERS, web.kit.deps.HASHERS)
    assert sum(pool.size for pool in (*pools, api.deps.READERS, api.deps.WRITERS)) == engines.READERS


@pytest.fixture
def happened() -> list[str]:
    """What happened, in order, each with the pool of its thread."""
    return []


@pytest.fixture
def client(happened: list[str]) -> TestClient:
    """An application of three routes that note what happens."""

    def note(what: str) -> None:
        happened.append(f"{what} in {current_thread().name.rpartition('_')[0]}")

    @contextmanager
    def transaction() -> Iterator[None]:
        note("begun")
        try:
            yield
        except ValueError:
            note("rolled back")
            raise
        note("committed")

    async def open_it() -> None:
        opened(transaction())

    router = Router()

    @router.get("/good", dependencies=[Depends(open_it)])
    def good() -> str:
        note("read")
        return "good"

    @router.post("/bad", dependencies=[Depends(open_it)])
    def bad() -> str:
        raise ValueError

    @router.post("/password", dependencies=[hashes_password])
    def password() -> str:
        note("hashed")
        return "good"

    app = FastAPI()
    app.include_router(router)
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("ask", "status", "expected"),
    [
        (lambda client: client.get("/good"), 200, ["begun in pages", "read in pages", "committed in pages"]),
        (lambda client: client.post("/bad"), 500, ["begun in forms", "rolled back in forms"]),
        (lambda client: client.post("/password"), 200, ["hashed in passwords"]),
    ],
)
def test_what_is_opened_ends_in_the_same_thread(
    client: TestClient,
    happened: list[str],
    ask: Callable[[TestClient], Any],
    status: int,
    expected: list[str],
):
    assert ask(client).status_code == status
    assert happened == expected


def test_a_route_that_waits_for_something_else_says_so():
    async def waits() -> None:
        import asyncio

        await asyncio.sleep(0)

    router = Router()
    router.add_api_route("/", lambda: "never", dependencies=[Depends(waits)])
    app = FastAPI()
    app.include_router(router)
    with pytest.raises(RuntimeError, match="waits for something else"):
        TestClient(app).get("/")


def test_whoever_asks_again_in_a_request_is_given_what_it_opened_and_the_next_request_another():
    happened: list[str] = []

    @contextmanager
    def session() -> Iterator[object]:
        happened.append("begun")
        yield object()
        happened.append("ended")

    async def given() -> int:
        return id(opened_once(session))

    async def given_again() -> int:
        return id(opened_once(session))

    router = Router()

    def is_one(first: int = Depends(given), again: int = Depends(given_again)) -> bool:
        return first == again

    router.add_api_route("/one", is_one)
    app = FastAPI()
    app.include_router(router)
    assert [TestClient(app).get("/one").json() for _ in range(2)] == [True, True]
    assert happened == ["begun", "ended"] * 2


@pytest.mark.parametrize("path", ["/desk", "/home"])
def test_a_page_of_staff_is_read_in_the_session_in_which_was_asked_who_comes(
    enter: Enter, monkeypatch: pytest.MonkeyPatch, path: str
):
    visitor = enter("amina")
    visitor.get("/account")  # what the banner watches is looked up once and then known for a while
    begun: list[int] = []
    reading = database.reading

    @contextmanager
    def counted() -> Iterator[Session]:
        with reading() as session:
            begun.append(1)
            yield session

    monkeypatch.setattr(database, "reading", counted)
    visitor.get(path)
    assert len(begun) == 1


def test_no_more_work_than_threads_and_in_the_order_in_which_it_came():
    pool, gate, begun = ThreadPool("few", 2), Event(), list[tuple[int, str]]()

    def work(number: int) -> int:
        begun.append((number, current_thread().name))
        assert gate.wait(60)
        return number

    async def ask() -> list[int]:
        asked = [asyncio.create_task(pool.run(partial(work, number))) for number in range(5)]
        while len(begun) < 2:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.02)
        assert len(begun) == 2
        gate.set()
        return await asyncio.gather(*asked)

    assert asyncio.run(ask()) == [0, 1, 2, 3, 4]
    assert {number for number, _ in begun[:2]} == {0, 1}
    assert {name for _, name in begun} == {"few_1", "few_2"}


def test_one_at_a_time_needs_one_thread():
    pool = ThreadPool("few", 5)

    async def ask() -> set[str]:
        names = set()
        for _ in range(9):
            names.add(await pool.run(lambda: current_thread().name))
            while not pool._idle:  # until that thread says that it waits again
                await asyncio.sleep(0.001)
        return names

    assert asyncio.run(ask()) == {"few_1"}


def test_whoever_goes_before_their_work_begins_has_none_done():
    pool, gate, done = ThreadPool("few", 1), Event(), list[str]()

    async def ask() -> None:
        first = asyncio.create_task(pool.run(lambda: gate.wait(60)))
        second = asyncio.create_task(pool.run(lambda: done.append("second")))
        await asyncio.sleep(0)
        second.cancel()
        third = asyncio.create_task(pool.run(lambda: done.append("third")))
        await asyncio.sleep(0)
        gate.set()
        assert await first
        await third
        assert second.cancelled()

    asyncio.run(ask())
    assert done == ["third"]


def test_what_is_raised_reaches_whoever_asked_and_the_thread_goes_on():
    pool = ThreadPool("few", 1)

    async def ask() -> int:
        with pytest.raises(ZeroDivisionError):
            await pool.run(lambda: 1 // 0)
        return await pool.run(lambda: 7)

    assert asyncio.run(ask()) == 7


class Failed(Exception):
    """What a test raises, and looks for afterwards."""


def test_what_was_raised_is_gone_when_it_was_answered():
    """Its frames hold what somebody sent: with the garbage collected as rarely as it is, for minutes."""
    pool, raised = ThreadPool("few", 1), list[ReferenceType[Failed]]()

    def fail() -> None:
        error = Failed()
        raised.append(ref(error))
        try:
            raise error
        finally:
            del error

    async def ask() -> None:
        for _ in range(3):
            with suppress(Failed):
                await pool.run(fail)
        await pool.run(lambda: None)  # the thread has let go of the last one

    gc.collect()
    gc.disable()
    try:
        asyncio.run(ask())
        assert [each() for each in raised] == [None, None, None]
    finally:
        gc.enable()


def test_where_no_more_threads_can_begin_those_that_have_go_on(monkeypatch: pytest.MonkeyPatch):
    pool, gate = ThreadPool("few", 3), Event()

    class Refused(Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    async def ask() -> list[int]:
        first = asyncio.create_task(pool.run(lambda: gate.wait(60)))
        await asyncio.sleep(0.01)
        monkeypatch.setattr(request_threads, "Thread", Refused)
        others = [asyncio.create_task(pool.run(partial(int, number))) for number in range(2)]
        await asyncio.sleep(0)
        gate.set()
        assert await first
        with pytest.raises(RuntimeError):
            await ThreadPool("none", 1).run(lambda: None)
        return await asyncio.gather(*others)

    assert asyncio.run(ask()) == [0, 1]
