"""`make bench`: what people wait for, beside the same SQL without a framework, as JSON.

`raw` is the SQL of one request, replayed on the driver's own connection; `ratio` is the request over that;
`empty` is a page that looks for nothing: what any page of staff costs; `filtered` is the queue under filters;
`growth` is the request with 1,000,000 tickets over the same with 10,000, of which 1,000 are open each time.
`together` is the largest size, served: readers beside reports that arrive, pages beside open streams, and
the worst hour of a whole country (`worst_hour`).
PostgreSQL writes every commit to the disk.
`triage` is what sorting and screening cost, by itself: `python -m tests.bench.triage`.
Times are medians in milliseconds.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import event
from starlette.testclient import TestClient

import migrations
from navigator import database
from navigator.engines import engines_for
from navigator.jobs.day_counts import count_days
from navigator.settings import settings
from tests import postgres_server
from tests.bench import together, triage
from tests.bench.crowd import fill
from tests.bench.visitors import look_for
from tests.people import token_of

SIZES = (10_000, 1_000_000)
ROUNDS = 40
LARGEST = 10**6

Statements = list[tuple[str, Any]]


def run(engine: str, sizes: tuple[int, ...]) -> dict[str, Any]:
    """All figures of one engine."""
    found: dict[str, Any] = {}
    token = ""
    with ExitStack() as stack:
        address = stack.enter_context(_addresses(engine))
        urls = [address(f"bench_{size}") for size in sizes]
        for url, size in zip(urls, sizes, strict=True):
            found[f"{size:,}"], token = _measure(url, size)
        raw = {name: one["raw"] for name, one in found[f"{sizes[-1]:,}"].items()}
        many = together.measure(urls[-1], token, _paths(sizes[-1]), raw, sizes[-1])
    first, last = (found[f"{size:,}"] for size in (sizes[0], sizes[-1]))
    growth = {name: round(last[name]["ms"] / first[name]["ms"], 2) for name in first}
    return {"engine": engine, "tickets": found, "growth": growth, "together": many}


@contextmanager
def _addresses(engine: str) -> Iterator[Callable[[str], str]]:
    with ExitStack() as stack:
        if engine == "postgresql":
            server = stack.enter_context(postgres_server.running(postgres_server.AS_SERVED))
            yield lambda name: str(stack.enter_context(postgres_server.copy(server, name)))
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            yield lambda name: f"sqlite:///{folder}/{name}.db"


def _measure(url: str, size: int) -> tuple[dict[str, dict[str, float]], str]:
    migrations.upgrade(url)
    read, write = engines_for(url)
    with write.connect() as connection:
        people = fill(connection, size)
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    database.bind(read, write)
    while count_days():
        pass  # as the job does in the first minutes
    with database.writing() as session:
        token, leads = token_of(session, people.amina), token_of(session, people.mo)
    from web.app import app

    client = TestClient(app, cookies={"desk_log_in": token})
    look_for(client, "password")
    manager = TestClient(app, cookies={"desk_log_in": leads})
    pages: dict[str, Callable[[], Any]] = {
        **{name: partial(client.get, path) for name, path in _paths(size).items()},
        "insight": lambda: manager.get("/insight?period=quarter"),
        "submit": _submitter(client),
    }
    try:
        return {name: _compare(read, write, ask) for name, ask in pages.items()}, token
    finally:
        read.dispose()
        write.dispose()


def _paths(size: int) -> dict[str, str]:
    return {
        "empty": "/search",
        "queue": "/desk",
        "filtered": "/desk?programme=fern&group=access&session=5",
        "search": "/search/1",
        "ticket": f"/tickets/{size - 9}",
    }


def _submitter(client: TestClient) -> Callable[[], Any]:
    count = iter(range(LARGEST))

    def submit() -> Any:
        n = next(count)
        told = {"service": "north", "programme": "fern", "body": f"it keeps logging me out {n}"}
        contact = {"route": "email", "email": f"new{n}@example.org"}
        caller = {"x-forwarded-for": f"10.{n // 65536}.{n // 256 % 256}.{n % 256}"}
        return client.post("/api/v1/reports", json=told | {"contact": contact}, headers=caller)

    return submit


def _compare(read: Any, write: Any, ask: Callable[[], Any]) -> dict[str, float]:
    for _ in range(3):
        assert ask().status_code in (200, 201)
    statements = _recorded(read, write, ask)
    whole = _timed(ask)
    raw = _timed(lambda: _replay(read, statements))
    return {"ms": whole, "raw": raw, "ratio": round(whole / raw, 2), "statements": len(statements)}


def _recorded(read: Any, write: Any, ask: Callable[[], Any]) -> Statements:
    """What one request asks of the database: only its reading, when it is replayed."""
    heard: Statements = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        heard.append((statement, parameters))

    for engine in (read, write):
        event.listen(engine, "before_cursor_execute", hear)
    ask()
    for engine in (read, write):
        event.remove(engine, "before_cursor_execute", hear)
    return [each for each in heard if each[0].lstrip().upper().startswith(("SELECT", "SET ", "RESET "))]


def _replay(engine: Any, statements: Statements) -> None:
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        for statement, parameters in statements:
            cursor.execute(statement, parameters)
            if cursor.description:
                cursor.fetchall()
        cursor.close()


def _timed(what: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        what()
        times.append(perf_counter() - begun)
    return round(median(times) * 1000, 3)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    asked.add_argument("--texts", default="", help="JSON lines to sort and screen, in place of the corpus's")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as data:
        os.environ.update(NAVIGATOR_DATA_DIR=data, NAVIGATOR_PROXIES="1", NAVIGATOR_LOG_LEVEL="error")
        settings.cache_clear()
        with redirect_stdout(sys.stderr):  # the log goes there
            found = run(given.engine, tuple(given.sizes)) | {"triage": triage.measure(given.texts)}
    json.dump(found, sys.stdout, indent=2)
    print()
