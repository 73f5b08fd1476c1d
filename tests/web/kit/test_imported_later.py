"""An application that is imported when it is first asked is imported once, and whole before it answers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from web.kit.imported_later import ImportedLater


def hello(_: Request) -> Response:
    """An answer."""
    return PlainTextResponse("hello")


def slowly(loaded: list[Starlette]) -> Callable[[], Starlette]:
    """What takes a while to import."""

    def load() -> Starlette:
        app = Starlette()
        loaded.append(app)
        sleep(0.2)
        app.router.routes.append(Route("/hello", hello))
        return app

    return load


def test_nothing_is_imported_until_somebody_asks():
    """13: and then it answers where it is mounted."""
    loaded: list[Starlette] = []
    desk = Starlette(routes=[Mount("/there", ImportedLater(slowly(loaded)))])
    client = TestClient(desk)
    assert client.get("/elsewhere").status_code == 404
    assert loaded == []
    assert [client.get("/there/hello").text for _ in range(2)] == ["hello"] * 2
    assert len(loaded) == 1


def test_those_who_ask_at_once_wait_for_one_import():
    """13: none sees an application whose routes do not yet ask who comes."""
    loaded: list[Starlette] = []
    later = ImportedLater(slowly(loaded))
    client = TestClient(Starlette(routes=[Mount("/there", later)]))
    at_once = Barrier(4)

    def ask(_: int) -> str:
        at_once.wait()
        return client.get("/there/hello").text

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(4))) == ["hello"] * 4
    assert len(loaded) == 1
    assert len(later.routes) == 1
