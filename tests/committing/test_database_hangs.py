"""A PostgreSQL server that hangs: the start page with the crisis numbers comes, the rest says so in time."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import create_engine, text

import migrations
from navigator import database, postgresql_connection
from navigator.engines import engines_for
from navigator.problems import public_list
from tests import postgres_server
from tests.page_visitor import Visitor
from web.app import app

pytestmark = [pytest.mark.slow, pytest.mark.only_on("postgresql")]

ANSWER_WITHIN = 8.0
"""Seconds that a question to the server may take here: so much more than the start page waits for it."""


@pytest.fixture
def server(engine_name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator["Processes"]:
    """A server of its own, with the desk on it; it goes on at the end."""
    monkeypatch.setattr(postgresql_connection, "ANSWER_WITHIN", ANSWER_WITHIN)
    with postgres_server.running() as address:
        url = address.format("postgres")
        migrations.upgrade(url)
        read, write = engines_for(url)
        database.bind(read, write)
        yield Processes(url)
        database.bind(None, None)
        read.dispose()
        write.dispose()


class Processes:
    """All processes of a server, stopped and let go on as one."""

    def __init__(self, url: str) -> None:
        engine = create_engine(url)
        with engine.connect() as connection:
            folder = connection.execute(text("SHOW data_directory")).scalar_one()
        engine.dispose()
        self.postmaster = int((Path(folder) / "postmaster.pid").read_text().split()[0])

    def signal(self, number: int) -> None:
        """Send a signal to each."""
        for one in (self.postmaster, *self._children()):
            os.kill(one, number)

    def _children(self) -> Iterator[int]:
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(status.read_text().rsplit(")", 1)[1].split()[1]) == self.postmaster:
                    yield int(status.parent.name)
            except FileNotFoundError:
                continue


def test_while_the_server_hangs_the_start_page_comes_and_the_rest_says_so(server: Processes) -> None:
    """11.F12: everything waited, the crisis numbers too."""
    visitor = Visitor(app)
    assert visitor.get("/known").status_code == 200
    server.signal(signal.SIGSTOP)
    try:
        for _ in range(3):
            began = monotonic()
            assert visitor.get("/").status_code == 200
            assert monotonic() - began < ANSWER_WITHIN - 2
            assert "999" in visitor.text
        began = monotonic()
        assert visitor.get("/known").status_code == 503
        assert monotonic() - began < 15 * ANSWER_WITHIN
        assert "999" in visitor.page.text()
        assert visitor.get("/readyz").status_code == 503
    finally:
        server.signal(signal.SIGCONT)
    ends = monotonic() + 120
    while visitor.get("/known").status_code != 200:
        assert monotonic() < ends
    while (reading := public_list._PROBLEMS.under_way) and not reading.done():
        assert monotonic() < ends


def test_a_server_that_takes_no_changes_is_told_as_one_that_is_down(committing: str) -> None:
    """17.8: a standby that was not promoted yet; what people sent was answered with an error of ours."""
    engine = create_engine(committing, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    engine.dispose()
    database.close()  # who comes now comes to a server that only reads
    visitor = Visitor(app)
    assert visitor.get("/known").status_code == 200
    told = {"service": "north", "text": "It will not open"}
    answer = visitor.post("/api/v1/reports", json=told)
    assert answer.status_code in (404, 503), answer.text
    assert visitor.post("/log-in", data={"email": "a@example.org", "password": "x"}).status_code == 503
