"""Hosts: network namespaces of Linux with a desk in each, on one PostgreSQL server, and a proxy before them.

Where this user may make no namespace, they are loopback addresses: then all but the network is as here.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

from tests.committing.processes import PATIENCE, ROOT

SECRET = "one secret for all hosts, which signs links and cookies"
PORT = 8000


@dataclass(frozen=True)
class Place:
    """Where a desk runs: in a network namespace if it has a name, and at which address others reach it."""

    namespace: str
    address: str

    def words(self, *words: str) -> list[str]:
        """The words of a program, started there."""
        return ["ip", "netns", "exec", self.namespace, *words] if self.namespace else [*words]


@contextmanager
def places() -> Iterator[tuple[str, list[Place]]]:
    """Two places and, at the first address, where their database listens."""
    number = os.getpid() % 250
    with ExitStack() as until_the_end:
        try:
            made = [until_the_end.enter_context(_namespace(number, n)) for n in (0, 1)]
        except (subprocess.CalledProcessError, FileNotFoundError):
            made = []
        if made:
            yield f"10.199.{number}.1", made
        else:
            yield "127.0.0.1", [Place("", "127.0.0.2"), Place("", "127.0.0.3")]


@contextmanager
def _namespace(number: int, n: int) -> Iterator[Place]:
    """A namespace that is joined to this one by a cable of its own."""
    name, here, there = f"desk{number}-{n}", f"dk{number}h{n}", f"dk{number}t{n}"
    ours, theirs = f"10.199.{number}.{4 * n + 1}", f"10.199.{number}.{4 * n + 2}"
    _ip("netns add", name)
    try:
        _ip("link add", here, "type veth peer name", there, "netns", name)
        _ip("address add", f"{ours}/30", "dev", here)
        _ip("link set", here, "up")
        for words in (f"address add {theirs}/30 dev {there}", f"link set {there} up", "link set lo up"):
            _ip("-n", name, words)
        _ip("-n", name, "route add default via", ours)
        yield Place(name, theirs)
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=False)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *" ".join(words).split()], check=True, stderr=subprocess.DEVNULL)


@contextmanager
def desk(place: Place, url: str, folder: Path, **settings: object) -> Iterator[subprocess.Popen[bytes]]:
    """A desk that serves there, as people start it; gone at the end."""
    own = {f"NAVIGATOR_{name.upper()}": str(value) for name, value in settings.items()}
    own |= {"NAVIGATOR_DATABASE_URL": url, "NAVIGATOR_DATA_DIR": str(folder), "NAVIGATOR_SECRET": SECRET}
    words = [sys.executable, "-c", "from navigator.cli import app; app()", "serve", "--host", place.address]
    words = place.words(*words, "--port", str(PORT), "--workers", "1")
    with subprocess.Popen(words, cwd=ROOT, env=os.environ | own, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def proxies(ports: dict[int, list[Place]]) -> Iterator[None]:
    """Relays of 127.0.0.1 by port: each connection goes to the next place of the list."""
    words = [f"{port}={','.join(place.address for place in to)}" for port, to in ports.items()]
    program = [sys.executable, "-m", "tests.committing.hosts", *words]
    with subprocess.Popen(program, cwd=ROOT) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGKILL)


def wait_for(address: str) -> None:
    """Wait until a desk answers: two begin at once, beside a server."""
    ends = time.monotonic() + 3 * PATIENCE
    while time.monotonic() < ends:
        try:
            if httpx.get(f"{address}/healthz", timeout=30).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the desk did not come up")


async def _relay(words: list[str]) -> None:
    for word in words:
        port, to = word.split("=")
        await asyncio.start_server(partial(_pass_on, cycle(to.split(","))), "127.0.0.1", int(port))
    await asyncio.Event().wait()


async def _pass_on(to: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        there, back = await asyncio.open_connection(next(to), PORT)
    except OSError:
        writer.close()
        return
    await asyncio.gather(_pump(reader, back), _pump(there, writer), return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()


if __name__ == "__main__":
    asyncio.run(_relay(sys.argv[1:]))
