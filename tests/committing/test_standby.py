"""A streaming standby: read from while it is fresh; its promotion loses nothing that was acknowledged."""

import re
from collections.abc import Callable, Iterator
from threading import Thread
from time import monotonic, sleep

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import select

import migrations
from navigator import database, standby
from navigator.engines import engines_for
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import Actor
from navigator.settings import settings
from navigator.tickets.ticket import Ticket
from tests import postgres_server
from tests.committing.processes import PATIENCE
from tests.committing.test_backup import report
from tests.page_visitor import Visitor
from tests.people import People, settle, token_of
from web.app import app

pytestmark = [pytest.mark.slow, pytest.mark.only_on("postgresql")]

LAG = "at most"


def until(is_so: Callable[[], bool]) -> None:
    ends = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < ends, "this did not happen"
        sleep(0.05)


@pytest.fixture
def primary(engine_name: str) -> Iterator[str]:
    """A server of its own with the desk on it; its address."""
    acknowledged = tuple(each for each in postgres_server.SETTINGS if "synchronous_commit" not in each)
    with postgres_server.running(acknowledged + postgres_server.STREAMED) as server:
        url = server.format("postgres")
        migrations.upgrade(url)
        read, write = engines_for(url)
        database.bind(read, write)
        yield server
        database.bind(None, None)
        read.dispose()
        write.dispose()


@pytest.fixture
def people(primary: str) -> People:
    with database.writing() as session:
        return settle(session)


@pytest.fixture
def copy(primary: str, people: People, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A standby that pages are read from; its address."""
    with postgres_server.standby(primary) as server:
        monkeypatch.setenv("NAVIGATOR_READ_URL", server.format("postgres"))
        monkeypatch.setenv("NAVIGATOR_READ_LAG_SECONDS", "100")  # the machine may be busy
        monkeypatch.setattr(standby, "GONE_FOR", 0.0)
        monkeypatch.setattr(standby, "LOOK_EVERY", 0.0)
        settings.cache_clear()
        yield server
        standby.close()


def order(server: str, statement: str) -> object:
    engine = create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        found = connection.execute(text(statement))
        value = found.scalar() if found.returns_rows else None
    engine.dispose()
    return value


def logged_in(actor: Actor) -> Visitor:
    with database.writing() as session:
        visitor = Visitor(app)
        visitor.cookies.set("desk_log_in", token_of(session, actor))
    return visitor


def is_from_copy(visitor: Visitor) -> bool:
    assert visitor.get("/insight").status_code == 200
    return LAG in visitor.page.text()


def test_reports_are_read_from_a_fresh_standby_and_else_from_the_database_itself(
    copy: str, primary: str, people: People
) -> None:
    mo = logged_in(people.mo)
    until(lambda: is_from_copy(mo))
    assert mo.get("/insight/triage").status_code == 200
    assert mo.get("/readyz").json()["standby"] == "ok"

    order(copy, "SELECT pg_wal_replay_pause()")
    until(lambda: order(copy, "SELECT pg_get_wal_replay_pause_state()") == "paused")
    report()
    assert is_from_copy(mo), "it may be so many seconds behind"
    standby._Standby.asked.clear()  # as if those had passed
    standby._Standby.fresh_at = monotonic() - settings().read_lag_seconds - 1
    assert not is_from_copy(mo)
    assert re.search(r"is \d+ seconds behind", str(mo.get("/readyz").json()["standby"]))
    order(copy, "SELECT pg_wal_replay_resume()")
    until(lambda: is_from_copy(mo))


def test_what_one_changed_oneself_one_sees_at_once(copy: str, people: People) -> None:
    amina = logged_in(people.amina)
    number = report()
    until(lambda: order(copy, "SELECT count(*) FROM ticket") == 1 and standby.lag().is_fresh)
    order(copy, "SELECT pg_wal_replay_pause()")
    until(lambda: order(copy, "SELECT pg_get_wal_replay_pause_state()") == "paused")
    amina.get(f"/tickets/{number}/notes")
    amina.press("Save note for staff", body="The hamster is well")
    amina.post("/search", data={"sought": "hamster"})
    assert "hamster" in amina.text, "though the standby has not heard of it"
    del amina.cookies["desk_changed"]
    amina.get("/search/1")
    assert "hamster is well" not in amina.text, "read from the standby: this test can fail"
    order(copy, "SELECT pg_wal_replay_resume()")


def test_a_standby_that_dies_in_the_middle_of_a_page_is_not_noticed(copy: str, people: People) -> None:
    mo = logged_in(people.mo)
    until(lambda: is_from_copy(mo))
    standby._Standby.looked_at = monotonic() + 60  # nobody looks again before the page asks
    postgres_server.kill(copy)
    assert not is_from_copy(mo)
    assert "does not answer" in str(mo.get("/readyz").json()["standby"])


def test_a_standby_that_was_promoted_is_not_read(copy: str, people: People) -> None:
    mo = logged_in(people.mo)
    until(lambda: is_from_copy(mo))
    postgres_server.promote(copy)
    assert not is_from_copy(mo)


def test_promotion_after_the_primary_is_killed_loses_nothing_acknowledged(
    copy: str, primary: str, people: People
) -> None:
    order(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
    order(primary, "SELECT pg_reload_conf()")
    until(lambda: order(primary, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1)
    acknowledged = list[int]()

    def go_on() -> None:
        while True:
            try:
                acknowledged.append(report())
            except database.STORAGE_DOWN:
                return

    at_work = [Thread(target=go_on) for _ in range(4)]
    for one in at_work:
        one.start()
    until(lambda: len(acknowledged) >= 40)
    postgres_server.kill(primary)
    for one in at_work:
        one.join()
    postgres_server.promote(copy)

    read, write = engines_for(copy.format("postgres"))
    database.bind(read, write)
    with database.reading() as session:
        kept = set(session.exec(select(Ticket.number)))
        told = session.exec(select(OutboxMessage.ticket_number).where(OutboxMessage.template == "received"))
        letters = sorted(filter(None, told))
    assert set(acknowledged) <= kept
    assert letters == sorted(kept), "a report without its letter, or with two"
    assert report() not in acknowledged, "and work goes on there"
    read.dispose()
    write.dispose()
