"""What every test stands on: a stopped clock, settings of its own, and no way out (databases: `engines`)."""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette import testclient
from starlette.testclient import TestClient
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

import navigator.models  # noqa: F401 - a test that runs alone needs the tables to which foreign keys point
from navigator import clock
from navigator.people import passwords
from navigator.problems import public_list
from navigator.request_threads import ThreadPool
from navigator.settings import settings
from navigator.tickets.queue import kept_while_unchanged
from tests.inline_portal import InlinePortal, run_here

pytest.register_assert_rewrite("tests.people", "tests.page_visitor")
pytest_plugins = ["tests.clocks", "tests.engines"]
hypothesis.settings.register_profile("whole", deadline=None)  # the machine may be busy
hypothesis.settings.register_profile("quick", deadline=None, max_examples=20)
hypothesis.settings.load_profile("whole")

# A Tuesday of an ordinary working week, at 10 in London: an hour apart from UTC, so that mixing them shows.
MOMENT = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)


TOGETHER = (
    "tests/navigator/demo/",
    "tests/navigator/test_cli.py",
    "tests/navigator/triage/test_retrain_process.py",
    "tests/navigator/triage/test_two_problems.py",
    "tests/test_translations.py",
)
"""Tests of one folder or file stay in one process where what they share takes long to make."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Hand out tests one by one, or together; the marker `xdist_group` has no effect under pytest 9.2."""

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return next((path for path in TOGETHER if nodeid.startswith(path)), nodeid)

    return Scheduling(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick",
        action="store_true",
        help="leave out what is marked slow, and look less often: as `make test` does",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Fewer examples where a test makes them up, if it must be quick."""
    if config.getoption("--quick"):
        hypothesis.settings.load_profile("quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that at the end no core waits for it; or leave it out."""
    items.sort(key=_is_quick)
    if config.getoption("--quick"):
        config.hook.pytest_deselected(items=[item for item in items if not _is_quick(item)])
        items[:] = filter(_is_quick, items)


def _is_quick(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is None


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


@pytest.fixture(scope="session", autouse=True)
def _inline() -> Iterator[None]:
    """A request of a test runs in the thread of the test."""
    portal = InlinePortal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "portal", portal)
        patch.setattr(testclient, "wait_futures", portal.wait)
        yield


@pytest.fixture(autouse=True)
def _request_threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So does its route, unless the test is about the threads of the desk."""
    if not request.node.get_closest_marker("request_threads"):
        monkeypatch.setattr(ThreadPool, "run", run_here)


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Passwords are hashed in no time: a fifth of a second of a core each is for real ones."""
    quick = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHash((quick,)))
        patch.setattr(passwords, "DUMMY_HASH", quick.hash(uuid4().hex))
        yield


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every test begins with the defaults and a data folder of its own, not made yet."""
    for name in [name for name in os.environ if name.startswith("NAVIGATOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NAVIGATOR_DATA_DIR", str(tmp_path_factory.getbasetemp() / uuid4().hex))
    monkeypatch.setenv("NAVIGATOR_HIDE_ONE_IN", "0")  # else one test in twenty would meet a hidden suggestion
    settings.cache_clear()
    kept_while_unchanged.forget_all()  # the tests' databases number their tickets alike
    monkeypatch.setattr(public_list, "HOME_PAGE_KEEPS", 0)  # what a test changes it looks at at once
    yield
    settings.cache_clear()


@pytest.fixture(autouse=True)
def moment() -> Iterator[datetime]:
    """The moment at which the clock stands; `clock.set_to()` moves it."""
    with clock.stopped_at(MOMENT):
        yield MOMENT
