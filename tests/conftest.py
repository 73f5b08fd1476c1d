"""What every test stands on: a migrated database, a stopped clock, settings of its own, and no way out."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Connection, Engine
from sqlmodel import Session

import migrations
import navigator.models  # noqa: F401 - a test that runs alone needs the tables to which foreign keys point
from navigator import clock, database
from navigator.settings import settings
from tests import postgres_server

pytest.register_assert_rewrite("tests.people", "tests.page_visitor")
pytest_plugins = ["tests.people"]
hypothesis.settings.register_profile("desk", deadline=None)  # the machine may be busy
hypothesis.settings.load_profile("desk")

# A Tuesday of an ordinary working week, at 10 in London: an hour apart from UTC, so that mixing them shows.
MOMENT = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)

Fresh = Callable[[str], AbstractContextManager[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine", choices=("sqlite", "postgresql"), default="sqlite", help="the database to test on"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has nothing to test on this engine: that is not skipping."""
    kept = [item for item in items if _is_about(item, config.getoption("--engine"))]
    config.hook.pytest_deselected(items=list(set(items) - set(kept)))
    items[:] = kept


def _is_about(item: pytest.Item, engine: str) -> bool:
    if only := item.get_closest_marker("only_on"):
        return engine in only.args
    # What uses no database says the same on every engine: it runs once, with SQLite.
    return engine == "sqlite" or "fresh" in getattr(item, "fixturenames", ())


def _stay_on_loopback(event: str, args: tuple[object, ...]) -> None:
    host = _WHERE[event](args) if event in _WHERE else None
    if host not in (None, "", "localhost", "127.0.0.1", "::1", b"localhost", b"127.0.0.1"):
        pytest.fail(f"A test tried to reach {host!r}")


def _of_address(args: Any) -> object:
    return args[1][0] if isinstance(args[1], tuple) else None  # else the path of a Unix socket


_WHERE: dict[str, Callable[[Any], object]] = {
    "socket.connect": _of_address,
    "socket.sendto": _of_address,
    "socket.getaddrinfo": lambda args: args[0],
}

sys.addaudithook(_stay_on_loopback)


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every test begins with the defaults and a data folder of its own, not made yet."""
    for name in [name for name in os.environ if name.startswith("NAVIGATOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NAVIGATOR_DATA_DIR", str(tmp_path_factory.getbasetemp() / uuid4().hex))
    monkeypatch.setenv("NAVIGATOR_HIDE_ONE_IN", "0")  # else one test in twenty would meet a hidden suggestion
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(autouse=True)
def moment() -> Iterator[datetime]:
    """The moment at which the clock stands; `clock.set_to()` moves it."""
    with clock.stopped_at(MOMENT):
        yield MOMENT


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    """The database engine of this run: sqlite or postgresql."""
    return str(request.config.getoption("--engine"))


@pytest.fixture(scope="session")
def fresh(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """Call it with a name for a migrated and empty database; `with` it for its address."""
    making = {"sqlite": _fresh_files, "postgresql": _fresh_databases}[engine_name]
    with making(tmp_path_factory.mktemp("databases")) as fresh:
        yield fresh


@contextmanager
def _fresh_files(folder: Path) -> Iterator[Fresh]:
    template = folder / "template.db"
    migrations.upgrade(f"sqlite:///{template}")

    @contextmanager
    def fresh(name: str) -> Iterator[str]:
        file = folder / f"{name}.db"
        shutil.copy(template, file)
        yield f"sqlite:///{file}"
        for left in folder.glob(f"{name}.db*"):
            left.unlink()

    yield fresh


@contextmanager
def _fresh_databases(_: Path) -> Iterator[Fresh]:
    with postgres_server.running() as server, postgres_server.copy(server, "migrated") as template:
        migrations.upgrade(template)
        yield lambda name: postgres_server.copy(server, name, "migrated")


@pytest.fixture(scope="session")
def _shared(fresh: Fresh) -> Iterator[Engine]:
    with fresh("shared") as url, _engines(url) as (_, write):
        yield write


@contextmanager
def _engines(url: str) -> Iterator[tuple[Engine, Engine]]:
    engines = database.engines(url)
    yield engines
    for engine in engines:
        engine.dispose()


@pytest.fixture
def connection(_shared: Engine) -> Iterator[Connection]:
    """The one connection that everything in this test uses; all is rolled back at its end."""
    with _shared.connect() as connection:
        everything = connection.begin()
        database.bind(connection, connection)
        yield connection
        database.bind(None, None)
        everything.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session on the test's connection; what it flushes, the desk's own transactions see."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def committing(fresh: Fresh) -> Iterator[str]:
    """A database of this test's own in which commits are real, for locks, races and kills; its address."""
    with fresh(f"committing_{uuid4().hex}") as url, _engines(url) as (read, write):
        database.bind(read, write)
        yield url
        database.bind(None, None)
