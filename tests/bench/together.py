"""Many at once at a served desk: readers beside reports, pages beside streams, a country’s worst hour."""

import os
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter, sleep
from typing import Any

import httpx

from tests.bench import worst_hour
from tests.bench.visitors import look_for

READERS = 8
PAUSE = 1.0
"""Seconds that each reader looks at a page."""
ROUNDS = 12
TIMES = 40
STREAMS = 400

Figures = Mapping[str, Any]
Paths = Mapping[str, str]


def measure(url: str, token: str, paths: Paths, raw: Mapping[str, float], tickets: int) -> dict[str, Any]:
    """All three. `raw` is what each page's SQL takes alone."""
    with _served(url) as (address, process):
        for _ in range(5):
            _read(address, token, paths, 1, 1, 0)  # all that is made once is made
        readers = _beside_reports(address, token, paths, raw)
        streams = _beside_streams(address, token, paths, process)
        worst = worst_hour.measure(address, token, tickets)
        return {"readers": readers, "streams": streams, "worst hour": worst}


def _beside_reports(address: str, token: str, paths: Paths, raw: Mapping[str, float]) -> Figures:
    alone = _read(address, token, paths, READERS, ROUNDS, PAUSE)
    with _coming("reporters", address):
        beside = _read(address, token, paths, READERS, ROUNDS, PAUSE)
    return {
        name: {
            "alone": alone[name],
            "beside reports": beside[name],
            "ratio": round(beside[name] / alone[name], 2),
            "ratio to raw and empty": round(beside[name] / (raw[name] + beside["empty"]), 2),
        }
        for name in paths
    }


def _beside_streams(address: str, token: str, paths: Paths, process: int) -> Figures:
    before, small = _read(address, token, paths, 1, TIMES, 0), _kilobytes(process)
    with _coming("listeners", address, token, str(STREAMS)):
        large = _kilobytes(process)
        during = _read(address, token, paths, 1, TIMES, 0)
    after = _read(address, token, paths, 1, TIMES, 0)
    without = {name: (before[name] + after[name]) / 2 for name in paths}
    pages = {name: round(during[name] / without[name], 2) for name in paths}
    return {"open": STREAMS, "kB each": round((large - small) / STREAMS, 1), "ratio": pages}


def _read(
    address: str, token: str, paths: Paths, readers: int, rounds: int, pause: float
) -> dict[str, float]:
    """Medians in milliseconds of what so many readers wait for, each going round all pages."""
    times: dict[str, list[float]] = defaultdict(list)

    def go(number: int) -> None:
        with httpx.Client(base_url=address, cookies={"desk_log_in": token}) as client:
            look_for(client, "password")
            sleep(pause * number / readers)
            for _ in range(rounds):
                for name, path in paths.items():
                    begun = perf_counter()
                    assert client.get(path).status_code == 200
                    times[name].append((perf_counter() - begun) * 1000)
                    sleep(pause)

    going = [Thread(target=go, args=(number,)) for number in range(readers)]
    for one in going:
        one.start()
    for one in going:
        one.join()
    assert all(len(times[name]) == readers * rounds for name in paths)
    return {name: round(median(times[name]), 1) for name in paths}


@contextmanager
def _served(url: str) -> Iterator[tuple[str, int]]:
    """The desk as it is served, in processes of its own; its address and the one that began them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    serving = subprocess.Popen(
        [sys.executable, "-m", "web.serve", "127.0.0.1", str(port), "2"],
        env=os.environ | {"NAVIGATOR_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(address)
        yield address, serving.pid
    finally:
        serving.terminate()
        serving.wait()


@contextmanager
def _coming(*who: str) -> Iterator[None]:
    """Visitors in a process of their own, from when they have begun until the end."""
    coming = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.visitors", *who], stdout=subprocess.PIPE, text=True
    )
    try:
        assert coming.stdout
        assert [line.strip() for line in islice(coming.stdout, 1)] == ["open"]
        yield
        assert coming.poll() is None
    finally:
        coming.terminate()
        coming.wait()


def _wait_until_it_answers(address: str) -> None:
    while True:
        try:
            httpx.get(f"{address}/healthz", timeout=60)
        except httpx.TransportError:
            sleep(0.1)
        else:
            return


def _kilobytes(process: int) -> int:
    """The memory that a process and its children hold."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024 + sum(_kilobytes(int(child)) for child in children)
