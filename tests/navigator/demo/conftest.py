"""The demonstration, made once for all that is asked about it: that takes a minute."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from navigator import clock, database
from navigator.demo import fill
from navigator.settings import settings
from tests.conftest import MOMENT, Fresh


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the notes of the log-ins are kept."""
    return tmp_path_factory.mktemp("demonstration")


@pytest.fixture(scope="session")
def filled(fresh: Fresh, folder: Path) -> Iterator[Engine]:
    """A database with the demonstration, made on a Tuesday at 10 with the settings as they ship."""
    with fresh("demonstration") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NAVIGATOR_DATA_DIR", str(folder))
        patch.delenv("NAVIGATOR_HIDE_ONE_IN", raising=False)
        settings.cache_clear()
        read, write = database.engines(url)
        database.bind(read, write)
        with clock.stopped_at(MOMENT):
            assert fill.fill_if_empty()
        database.bind(None, None)
        settings.cache_clear()
        write.dispose()
        yield read
        read.dispose()


@pytest.fixture
def demo(filled: Engine) -> Iterator[Session]:
    """A session that reads the demonstration."""
    with Session(filled) as session:
        yield session
