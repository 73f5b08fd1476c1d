"""The demonstration, made once for all that is asked about it: that takes a minute."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from navigator import clock, database
from navigator.demo import fill
from navigator.engines import engines_for
from navigator.settings import settings
from tests.conftest import MOMENT
from tests.engines import Fresh


@dataclass(frozen=True)
class Filled:
    """A database with the demonstration, to be read, and the folder with the notes of its log-ins."""

    engine: Engine
    folder: Path


@pytest.fixture(scope="session")
def demonstrations(
    databases: Callable[[str], Fresh],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Filled]]:
    """By an engine's name: the demonstration, made on a Tuesday at 10, with a mail server set."""
    with ExitStack() as until_the_end:

        @cache
        def demonstration(engine_name: str) -> Filled:
            url = until_the_end.enter_context(databases(engine_name)("demonstration"))
            folder = tmp_path_factory.mktemp("demonstration")
            read, write = engines_for(url)
            until_the_end.callback(read.dispose)
            _fill(read, write, folder)
            write.dispose()
            return Filled(read, folder)

        yield demonstration


def _fill(read: Engine, write: Engine, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NAVIGATOR_DATA_DIR", str(folder))
        patch.setenv("NAVIGATOR_MAIL_HOST", "mail.invalid")  # whoever has set mail is shown the same
        patch.delenv("NAVIGATOR_HIDE_ONE_IN", raising=False)
        settings.cache_clear()
        database.bind(read, write)
        with clock.stopped_at(MOMENT):
            assert fill.fill_if_empty()
        database.bind(None, None)
    settings.cache_clear()


@pytest.fixture
def filled(demonstrations: Callable[[str], Filled], engine_name: str) -> Filled:
    """The demonstration on this test's engine."""
    return demonstrations(engine_name)


@pytest.fixture
def folder(filled: Filled) -> Path:
    """Where the notes of the log-ins are kept."""
    return filled.folder


@pytest.fixture
def demo(filled: Filled) -> Iterator[Session]:
    """A session that reads the demonstration."""
    with Session(filled.engine) as session:
        yield session
