"""`python -m tests.bench.managers`: the managers' page beside 1,000,000 tickets of under four years.

64,800 tickets of `busy_desk` lie in a quarter, a third of them in South. Times are medians in milliseconds of
the clock, and the CPU of this process; `sql` is what the statements took until their first row, by the clock,
and `slowest` names those that took most.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from statistics import median
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import select
from starlette.testclient import TestClient

import migrations
from navigator import database, models  # noqa: F401
from navigator.engines import engines_for
from navigator.jobs.day_counts import count_days
from navigator.people.user import User
from navigator.settings import settings
from tests import postgres_server
from tests.bench.busy_desk import fill
from tests.people import actor_of, token_of

ROUNDS = 15
PAGES = ("period=week", "period=month", "period=quarter&service=south", "period=quarter")


def measure(url: str, size: int) -> dict[str, Any]:
    """Fill the database unless it is, keep what jobs keep, and ask for the page of each period."""
    migrations.upgrade(url)
    read, write = engines_for(url)
    database.bind(read, write)
    with database.reading() as session:
        is_filled = session.exec(select(User.id)).first() is not None
    begun = perf_counter()
    if not is_filled:
        with write.connect() as connection:
            fill(connection, size)
            connection.commit()
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
    filled = perf_counter()
    while count_days():
        pass  # as the job does in the first minutes
    counted = perf_counter()
    with database.writing() as session:
        mo = session.exec(select(User.id).where(User.email == "mo@north.example")).one()
        token = token_of(session, actor_of(session, mo))
    from web.app import app

    client = TestClient(app, cookies={"desk_log_in": token})
    try:
        pages = {asked: _ask(client, read, f"/insight?{asked}") for asked in PAGES}
    finally:
        read.dispose()
        write.dispose()
    spent = {"filling, s": round(filled - begun), "counting by day, s": round(counted - filled)}
    return {"tickets": size, "load": os.getloadavg(), **spent, "pages": pages}


def _ask(client: TestClient, engine: Engine, path: str) -> dict[str, Any]:
    for _ in range(2):
        assert client.get(path).status_code == 200
    times, cpu = [], []
    with _heard(engine) as took:
        for _ in range(ROUNDS):
            begun, used = perf_counter(), process_time()
            client.get(path)
            times.append(1000 * (perf_counter() - begun))
            cpu.append(1000 * (process_time() - used))
    sums = {words: round(1000 * sum(each) / ROUNDS, 1) for words, each in took.items()}
    slowest = dict(sorted(sums.items(), key=lambda item: -item[1])[:6])
    return {
        "ms": round(median(times)),
        "worst": round(max(times)),
        "cpu": round(median(cpu)),
        "sql": round(sum(sums.values())),
        "statements": sum(len(each) for each in took.values()) // ROUNDS,
        "slowest": slowest,
    }


@contextmanager
def _heard(engine: Engine) -> Iterator[dict[str, list[float]]]:
    """How long each statement took until its first row, by its words without their values."""
    took: dict[str, list[float]] = defaultdict(list)
    begun: list[float] = []

    def before(*_: Any) -> None:
        begun.append(perf_counter())

    def after(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        words = " ".join(statement.split())
        took[f"{words[:60]} … {words[-200:]}"].append(perf_counter() - begun.pop())

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield took
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


def main() -> None:
    """Print the figures as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--tickets", type=int, default=1_000_000)
    asked.add_argument("--keep", default="", help="an SQLite file that is kept, and not filled a second time")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        os.environ.update(NAVIGATOR_DATA_DIR=folder, NAVIGATOR_LOG_LEVEL="error")
        settings.cache_clear()
        url = f"sqlite:///{given.keep or folder + '/managers.db'}"
        if given.engine == "postgresql":
            server = stack.enter_context(postgres_server.running(postgres_server.AS_SERVED))
            url = stack.enter_context(postgres_server.copy(server, "managers"))
        with redirect_stdout(sys.stderr):  # the log goes there
            found = measure(url, given.tickets)
    json.dump(found, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
