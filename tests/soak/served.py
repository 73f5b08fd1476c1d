"""A served desk to be broken, and the people who report to it: each told once what was confirmed to them."""

import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import Self

import httpx

import migrations
import navigator.models  # noqa: F401 - every table
from navigator import database
from navigator.engines import engines_for
from navigator.settings import settings
from tests import postgres_server
from tests.free_port import free_port
from tests.people import settle, token_of
from tests.soak import forked

PATIENCE = 600.0
"""Seconds that a machine busy with other things may take."""
WIRE = httpx.HTTPTransport(limits=httpx.Limits(max_connections=None))
"""Connections that are kept, under clients that know nothing of each other."""


def client() -> httpx.Client:
    """Somebody with a browser of their own; it costs little, as it may run beside the desk."""
    return httpx.Client(transport=WIRE, trust_env=False, timeout=PATIENCE)


def until(is_so: Callable[[], object], patience: float = PATIENCE, pause: float = 0.02) -> float:
    """Wait until something is so; how many seconds that took."""
    began = monotonic()
    while not is_so():
        if monotonic() - began > patience:
            raise TimeoutError("this did not happen")
        sleep(pause)
    return monotonic() - began


@contextmanager
def filled(engine: str) -> Iterator[tuple[str, Path]]:
    """The address of a database with people in it, and a data folder; every commit is on the disk."""
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        os.environ.update(NAVIGATOR_DATA_DIR=str(folder), NAVIGATOR_LOG_LEVEL="error", NAVIGATOR_PROXIES="1")
        settings.cache_clear()
        if engine == "sqlite":
            yield from _with_people(f"sqlite:///{folder}/navigator.db", folder)
        else:
            with (
                postgres_server.running(postgres_server.AS_SERVED) as server,
                postgres_server.copy(server, "soak") as url,
            ):
                yield from _with_people(url, folder)


def _with_people(url: str, folder: Path) -> Iterator[tuple[str, Path]]:
    migrations.upgrade(url)
    os.environ["NAVIGATOR_DATABASE_URL"] = url
    settings.cache_clear()
    read, write = engines_for(url)
    database.bind(read, write)
    with database.writing() as session:
        settle(session)
    try:
        yield url, folder
    finally:
        database.bind(None, None)
        read.dispose()
        write.dispose()


def cookie_of(who: str) -> str:
    """The cookie of a log-in of somebody."""
    from sqlmodel import select

    from navigator.people.user import User
    from tests.people import actor_of

    with database.writing() as session:
        user_id = session.exec(select(User.id).where(User.email == f"{who}@north.example")).one()
        return token_of(session, actor_of(session, user_id))


@dataclass
class Desk:
    """The desk in a process of its own, to be killed and begun again; killed at the end."""

    more: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: BaseProcess | None = None

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def begin(self) -> float:
        """Begin it; after so many seconds it answers."""
        self.process = forked.start("serve", os.environ | self.more, self.port)
        return until(self._answers_or_ended, pause=0.05)

    def _answers_or_ended(self) -> bool:
        if self.process and not self.process.is_alive():
            raise RuntimeError(f"the desk ended with status {self.process.exitcode}")
        return self.answers()

    def answers(self) -> bool:
        """Whether it answers."""
        try:
            return client().get(f"{self.address}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """Kill it, without a word."""
        if self.process:
            self.process.kill()
            self.process.join()

    def get(self, path: str, who: str = "") -> httpx.Response:
        """A page, of somebody who is logged in."""
        headers = {"cookie": f"desk_log_in={who}"} if who else {}
        return client().get(f"{self.address}{path}", headers=headers)

    def report(self, words: str, key: str = "") -> httpx.Response:
        """Tell a problem by the API, from an address of one's own."""
        told = {"service": "north", "programme": "fern", "text": words}
        told["contact"] = {"route": "email", "email": f"{words.rsplit(maxsplit=1)[-1]}@example.org"}  # type: ignore[assignment]
        n = zlib.crc32(words.encode()) & 0xFFFFFF  # the same when it is sent again: a key is its caller’s
        headers = {"x-forwarded-for": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"}
        headers |= {"idempotency-key": key} if key else {}
        return client().post(f"{self.address}/api/v1/reports", json=told, headers=headers)


@dataclass
class Reporters:
    """People who report, and send again with the same key whatever was not answered."""

    desk: Desk
    count: int = 4
    confirmed: list[tuple[str, str]] = field(default_factory=list)
    """Reference and words of each that was confirmed."""
    statuses: list[int] = field(default_factory=list)
    unanswered: int = 0
    """How often one was sent that got no answer, and was sent again."""
    stop: Event = field(default_factory=Event)
    threads: list[Thread] = field(default_factory=list)

    def begin(self) -> None:
        """All of them begin."""
        self.threads = [Thread(target=self._go, args=(who,), daemon=True) for who in range(self.count)]
        for one in self.threads:
            one.start()

    def end(self) -> None:
        """All of them end, each with an answer."""
        self.stop.set()
        for one in self.threads:
            one.join()

    def _go(self, who: int) -> None:
        n = 0
        while not self.stop.is_set():
            words, n = f"It will not open w{who}n{n}", n + 1
            while (answer := self._try(words, f"{who}-{n}")) is None:
                sleep(0.05)
            self.statuses.append(answer.status_code)
            if answer.status_code == 201:
                self.confirmed.append((answer.json()["reference"], words))

    def _try(self, words: str, key: str) -> httpx.Response | None:
        try:
            answer = self.desk.report(words, key)
        except httpx.ConnectError:  # nobody is there: nothing was sent
            return None
        except httpx.TransportError:
            self.unanswered += 1
            return None
        return None if answer.status_code in (409, 503) else answer
