"""Which database engine a test runs on, and the migrated databases that it gets there.

--engine sqlite        everything on SQLite: what `pytest` does by itself
--engine postgresql    everything that uses a database, on PostgreSQL
--engine either        each test on the engine that it asks most; on both what they answer differently
--engine both          everything that uses a database on both engines
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, event
from sqlmodel import Session

import migrations
from navigator import clock, database
from navigator.engines import engines_for
from tests import postgres_server
from tests.conftest import MOMENT
from tests.navigator.insight.story import live_through
from tests.people import People, settle

CHOICES = {
    "sqlite": ("sqlite",),
    "postgresql": ("postgresql",),
    "either": ("sqlite", "postgresql"),
    "both": ("sqlite", "postgresql"),
}

HERE = Path(__file__).parent
BOTH = [
    HERE / part
    for part in (
        "committing",
        "navigator/tickets/queue",
        "navigator/test_time_limits.py",
        "test_isolation.py",
        "test_migrations.py",
        "web/test_query_budgets.py",
    )
]
"""What each engine answers in its own way: search, locks, limits of time, the history of the tables.

A single test of another file says so by the marker `both_engines`."""

POSTGRESQL = [
    HERE / part
    for part in (
        "api/test_idempotency.py",
        "navigator/bulk",
        "navigator/insight",
        "navigator/jobs",
        "navigator/outbox",
        "navigator/people",
        "navigator/problems",
        "navigator/support_cards",
        "navigator/tickets/actions/test_clinical_review.py",
        "navigator/tickets/actions/test_rebalance.py",
        "navigator/tickets/reports",
        "navigator/tickets/test_audit.py",
        "navigator/tickets/test_permission_matrix.py",
        "navigator/tickets/test_training_examples.py",
        "navigator/training",
        "test_cases.py",
        "web/desk/test_queue.py",
        "web/desk/test_today.py",
    )
]
"""What asks PostgreSQL something that it refuses where SQLite does not: counts, jobs, history."""

Fresh = Callable[[str], AbstractContextManager[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=CHOICES, default="sqlite", help="the database to test on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a case for each engine, where there is a choice."""
    chosen = metafunc.config.getoption("--engine")
    if "engine_name" in metafunc.fixturenames and len(CHOICES[chosen]) > 1:
        metafunc.parametrize("engine_name", _engines_of(metafunc.definition, chosen))


def _engines_of(test: pytest.Item, chosen: str) -> tuple[str, ...]:
    if only := test.get_closest_marker("only_on"):
        return tuple(only.args)
    if chosen == "both":
        return CHOICES[chosen]
    for engine in CHOICES[chosen]:
        if test.get_closest_marker(f"{engine}_is_enough"):
            return (engine,)
    if test.get_closest_marker("both_engines") or _is_in(test.path, BOTH):
        return CHOICES[chosen]
    # The engine that refuses more, or the one that is quicker.
    return ("postgresql",) if _is_in(test.path, POSTGRESQL) else ("sqlite",)


def _is_in(file: Path, parts: list[Path]) -> bool:
    return any(file.is_relative_to(part) for part in parts)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has nothing to test on the one engine that was chosen: that is not skipping."""
    chosen = CHOICES[config.getoption("--engine")]
    kept = [item for item in items if len(chosen) > 1 or _is_about(item, *chosen)]
    config.hook.pytest_deselected(items=list(set(items) - set(kept)))
    items[:] = kept


def _is_about(item: pytest.Item, engine: str) -> bool:
    if only := item.get_closest_marker("only_on"):
        return engine in only.args
    # What uses no database says the same on every engine: it runs once, with SQLite.
    return engine == "sqlite" or "engine_name" in getattr(item, "fixturenames", ())


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """The database engine of this test: sqlite or postgresql."""
    return str(request.config.getoption("--engine"))


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Fresh]]:
    """Call it with an engine's name for what makes databases there; a server starts at the first call."""
    with ExitStack() as until_the_end:

        @cache
        def databases(engine_name: str) -> Fresh:
            folder = tmp_path_factory.mktemp(engine_name)
            return until_the_end.enter_context(_MAKING[engine_name](folder))

        yield databases


@pytest.fixture
def fresh(databases: Callable[[str], Fresh], engine_name: str) -> Fresh:
    """Call it with a name for a migrated and empty database; `with` it for its address."""
    return databases(engine_name)


def _migrated(folder: Path) -> Path:
    """A migrated and empty file, made by the first of all processes of a run that asks for it."""
    template = folder / "template.db"
    with (folder / "template.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not template.exists():
            migrations.upgrade(f"sqlite:///{folder / 'new.db'}")
            (folder / "new.db").rename(template)
    return template


@contextmanager
def _files(folder: Path) -> Iterator[Fresh]:
    template = _migrated(folder.parents[1] if "PYTEST_XDIST_WORKER" in os.environ else folder)

    @contextmanager
    def fresh(name: str) -> Iterator[str]:
        file = folder / f"{name}.db"
        shutil.copy(template, file)
        yield f"sqlite:///{file}"
        for left in folder.glob(f"{name}.db*"):
            left.unlink()

    yield fresh


@contextmanager
def _server(_: Path) -> Iterator[Fresh]:
    with postgres_server.running() as server, postgres_server.copy(server, "migrated") as template:
        migrations.upgrade(template)
        yield lambda name: postgres_server.copy(server, name, "migrated")


_MAKING = {"sqlite": _files, "postgresql": _server}


@event.listens_for(Engine, "connect")
def _chance_order(connection: Any, _record: object) -> None:
    """SQLite gives rows that nobody ordered from the end, as PostgreSQL may: who relies on order must ask."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")


@contextmanager
def _engines(url: str) -> Iterator[tuple[Engine, Engine]]:
    engines = engines_for(url)
    yield engines
    for engine in engines:
        engine.dispose()


Shared = Callable[[str, str], tuple[Engine, People | None]]


@pytest.fixture(scope="session")
def _shared(databases: Callable[[str], Fresh]) -> Iterator[Shared]:
    """Databases on each engine that stay as they are: empty, with everybody in it, with what they lived."""
    with ExitStack() as until_the_end:

        @cache
        def shared(engine_name: str, state: str) -> tuple[Engine, People | None]:
            url = until_the_end.enter_context(databases(engine_name)(state))
            _, write = until_the_end.enter_context(_engines(url))
            return write, None if state == "empty" else _settle(write, state == "lived")

        yield shared


def _settle(engine: Engine, is_lived: bool) -> People:
    with clock.stopped_at(MOMENT), Session(engine) as session, session.begin():
        people = settle(session)
        if is_lived:
            live_through(session, people)
        return people


@pytest.fixture
def _state(request: pytest.FixtureRequest) -> str:
    """Which of the shared databases this test begins with."""
    asked = request.fixturenames
    return "lived" if "lived" in asked else "settled" if "people" in asked else "empty"


@pytest.fixture
def connection(_shared: Shared, engine_name: str, _state: str) -> Iterator[Connection]:
    """The one connection that everything in this test uses; all is rolled back at its end."""
    engine, _ = _shared(engine_name, _state)
    with engine.connect() as connection:
        everything = connection.begin()
        database.bind(connection, connection)
        yield connection
        database.bind(None, None)
        everything.rollback()


@pytest.fixture
def people(connection: Connection, _shared: Shared, engine_name: str, _state: str) -> People:
    """Everybody, in the test's own database."""
    _, people = _shared(engine_name, _state)
    assert people
    return people


@pytest.fixture
def lived(people: People) -> None:
    """Eight weeks have been lived through before the test: the story of `tests.navigator.insight.story`."""


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
