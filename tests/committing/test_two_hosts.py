"""Two hosts behind a proxy on one primary are one desk: log-in, live pages, links, jobs, letters."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest
from sqlalchemy import create_engine, text
from sqlmodel import col, select

import migrations
from navigator import database
from navigator.engines import engines_for
from navigator.jobs.tables import JOBS_LEASE, Lease
from navigator.outbox.outbox_message import OutboxMessage
from tests import postgres_server
from tests.committing import hosts
from tests.committing.processes import PATIENCE
from tests.committing.test_live import Ear
from tests.committing.test_server_kill import _told
from tests.free_port import free_port
from tests.people import PASSWORD, settle

pytestmark = [pytest.mark.slow, pytest.mark.only_on("postgresql")]

FORM = {"sec-fetch-site": "same-origin"}


def until(is_so: Callable[[], object]) -> None:
    ends = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < ends, "this did not happen"
        sleep(0.1)


@pytest.fixture
def networked(engine_name: str) -> Iterator[tuple[str, list[hosts.Place]]]:
    """The address of a server that two hosts reach by the network, with people in it."""
    with (
        hosts.places() as (listens, places),
        postgres_server.running((*postgres_server.SETTINGS, f"listen_addresses={listens}")) as server,
    ):
        url = server.format("postgres")
        _let_in(server)
        migrations.upgrade(url)
        read, write = engines_for(url)
        database.bind(read, write)
        with database.writing() as session:
            settle(session)
        yield f"postgresql+psycopg://desk@{listens}/postgres", places
        database.bind(None, None)
        read.dispose()
        write.dispose()


def _let_in(server: str) -> None:
    with (postgres_server.folder_of(server) / "data" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.199.0.0/16 trust\n")
    engine = create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def owner() -> str:
    with database.reading() as session:
        return session.get_one(Lease, JOBS_LEASE).owner


def test_two_hosts_are_one_desk(networked: tuple[str, list[hosts.Place]], tmp_path: Path) -> None:
    url, places = networked
    ports = [free_port() for _ in range(3)]
    first, second, both = (f"http://127.0.0.1:{port}" for port in ports)
    ways = {ports[0]: places[:1], ports[1]: places[1:], ports[2]: places}
    folders = [tmp_path / "first", tmp_path / "second"]
    with (
        hosts.proxies(ways),
        hosts.desk(places[0], url, folders[0], base_url=both) as one,
        hosts.desk(places[1], url, folders[1], base_url=both) as other,
    ):
        for address in (first, second):
            hosts.wait_for(address)

        who = {"email": "amina@north.example", "password": PASSWORD}
        entered = httpx.post(f"{first}/log-in", data=who, headers=FORM, timeout=60)
        cookies = {"desk_log_in": entered.cookies["desk_log_in"]}
        assert httpx.get(f"{second}/home", cookies=cookies, timeout=60).status_code == 200

        ear = Ear(second, cookies["desk_log_in"])
        assert ear.hears() == "retry: 3000"
        sent = httpx.post(f"{first}/api/v1/reports", json=_told("It will not open it"), timeout=60)
        assert sent.status_code == 201
        until(lambda: ear.hears() == "event: changed")  # of what the other one did, between the pings

        link = sent.json()["private_url"].replace(both, second)
        assert httpx.get(link, timeout=60).status_code == 303, "a link made by one opens at the other"
        opened = httpx.get(link, timeout=60)
        page = f"{first}{opened.headers['location'].removeprefix(second).removeprefix(both)}"
        assert "It will not open it" in httpx.get(page, cookies=dict(opened.cookies), timeout=60).text

        for n in range(8):
            told = _told(f"It will not open b{n}")
            assert httpx.post(f"{both}/api/v1/reports", json=told, timeout=60).status_code == 201
        until(lambda: owner() != "")
        leads, stays = (one, other) if f":{one.pid}:" in owner() else (other, one)
        assert f":{leads.pid}:" in owner(), "the jobs run on one of them"
        leads.kill()
        until(lambda: f":{stays.pid}:" in owner())
        left = second if stays is other else first
        told = _told("It will not open last")
        assert httpx.post(f"{left}/api/v1/reports", json=told, timeout=60).status_code == 201
        until(all_sent)
    letters = [file for folder in folders for file in (folder / "mail").glob("*.eml")]
    assert len(letters) == sent_count(), "each letter was written once, by one of them"


def all_sent() -> bool:
    with database.reading() as session:
        waiting = select(OutboxMessage.id).where(col(OutboxMessage.sent_at).is_(None))
        return session.exec(waiting).first() is None


def sent_count() -> int:
    with database.reading() as session:
        return len(session.exec(select(OutboxMessage.id)).all())
