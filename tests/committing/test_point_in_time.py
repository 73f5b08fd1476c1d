"""Point-in-time recovery of PostgreSQL, as docs/operations.md describes it: to just before an accident."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import func, select

import migrations
from navigator import database
from navigator.engines import engines_for
from navigator.tickets.ticket import Message
from tests import postgres_server
from tests.committing.processes import PATIENCE
from tests.committing.test_backup import report
from tests.people import settle

pytestmark = [pytest.mark.slow, pytest.mark.only_on("postgresql")]


def test_the_database_comes_back_as_it_was_just_before_an_accident(engine_name: str) -> None:
    with postgres_server.running(postgres_server.SETTINGS + postgres_server.ARCHIVED) as server:
        url = server.format("postgres")
        migrations.upgrade(url)
        read, write = engines_for(url)
        database.bind(read, write)
        with database.writing() as session:
            settle(session)
        before = [report() for _ in range(3)]
        base = postgres_server.back_up(server)
        after = [report() for _ in range(3)]
        moment = str(_ask(server, "SELECT clock_timestamp()"))
        _ask(server, "DELETE FROM message")  # the accident
        lost = report()
        _let_the_log_go(server, base.parent / "archive")
        with database.reading() as session:
            assert session.exec(select(func.count()).select_from(Message)).one() == 1
        database.bind(None, None)
        for engine in (read, write):
            engine.dispose()

        with postgres_server.recovered(base, until=moment) as there:
            _wait(lambda: _ask(there, "SELECT pg_is_in_recovery()") is False)
            assert _ask(
                there, "SELECT string_agg(number::text, ' ' ORDER BY number) FROM ticket"
            ) == " ".join(map(str, [*before, *after]))
            assert _ask(there, "SELECT count(*) FROM message") == 6
            assert lost not in (*before, *after)


def _let_the_log_go(server: str, archive: Path) -> None:
    piece = _ask(server, "SELECT pg_walfile_name(pg_switch_wal())")
    _wait((archive / str(piece)).exists)


def _wait(is_so: Callable[[], bool]) -> None:
    ends = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < ends, "this did not happen"
        sleep(0.05)


def _ask(server: str, statement: str) -> object:
    engine = create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        found = connection.execute(text(statement))
        value = found.scalar() if found.returns_rows else None
    engine.dispose()
    return value
