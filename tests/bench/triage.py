"""What sorting and screening cost: time a text on a core, the served desk's memory, `predict` of many lines.

`python -m tests.bench.triage [FILE]` prints these figures alone, as JSON. FILE holds JSON lines with a
`text`; without it, every eighth report of the corpus is read.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import mean, median, quantiles
from time import perf_counter, process_time, sleep
from typing import Any

import httpx

import migrations
from navigator.engines import engines_for
from navigator.triage import corpus, embeddings
from navigator.triage.safety_screen import screen
from navigator.triage.suggest import suggest
from tests.bench.crowd import fill

ONE_IN = 8
ROUNDS = 3
LINES = 10_000
SHORT = 15
"""The most words of a text that `predict` is timed with."""
REPORTS = 100
"""How many texts the served desk sorts and screens before its memory is read."""

_NAVIGATOR = [sys.executable, "-c", "from navigator.cli import app; app()"]
_MEMORY = {"VmRSS": "resident", "VmHWM": "peak", "RssAnon": "its own", "RssFile": "mapped files"}


def measure(file: str = "") -> dict[str, Any]:
    """All figures, each from a process of its own."""
    words = [sys.executable, "-m", "tests.bench.triage", "--speed", file]
    speed: dict[str, Any] = json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout)
    return speed | {"served, MiB": _memory(_texts(file)), "predict": _predict()}


def _texts(file: str) -> list[str]:
    if file:
        lines = Path(file).read_text("utf-8").splitlines()
        return [json.loads(line)["text"] for line in lines if line.strip()]
    return [example.text for example in corpus.category_examples()][::ONE_IN]


def _speed(file: str) -> dict[str, Any]:
    """Milliseconds of a core a text, the least of three rounds: sorted and then screened, as a report is.

    It is the core's time that counts: what other programs take meanwhile is not added."""
    _stay_on_one_core()
    texts = _texts(file)
    for text in texts[:3]:
        suggest(text), screen(text)
    suggested, screened = [float("inf")] * len(texts), [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        embeddings._encode.cache_clear()
        for index, text in enumerate(texts):
            suggested[index] = min(suggested[index], _milliseconds(suggest, text))
            screened[index] = min(screened[index], _milliseconds(screen, text))
    return {
        "texts": f"{len(texts)}: {file or f'every {ONE_IN}th report of the corpus'}",
        "words a text": round(mean(len(text.split()) for text in texts), 1),
        "suggest, ms": _spread(suggested),
        "screen after it, ms": _spread(screened),
    }


def _stay_on_one_core() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _milliseconds(read: Callable[[str], Any], text: str) -> float:
    begun = process_time()
    read(text)
    return (process_time() - begun) * 1000


def _spread(times: Sequence[float]) -> dict[str, float]:
    spread = {"mean": mean(times), "median": median(times), "95th": quantiles(times, n=20)[-1]}
    return {name: round(value, 2) for name, value in spread.items()}


def _memory(texts: Sequence[str]) -> dict[str, float]:
    """Of `navigator serve`, when it has sorted and screened reports that came in by its API."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/served.db"
        migrations.upgrade(url)
        read, write = engines_for(url)
        with write.connect() as connection:
            fill(connection, REPORTS)
            connection.commit()
        read.dispose()
        write.dispose()
        with _served(url, folder) as (address, process):
            _report(address, islice(cycle(texts), REPORTS))
            status = Path(f"/proc/{process}/status").read_text()
    figures = dict(line.split(":", 1) for line in status.splitlines())
    return {words: round(int(figures[name].split()[0]) / 1024, 1) for name, words in _MEMORY.items()}


@contextmanager
def _served(url: str, folder: str) -> Iterator[tuple[str, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"NAVIGATOR_DATABASE_URL": url, "NAVIGATOR_DATA_DIR": folder, "NAVIGATOR_PROXIES": "1"}
    words = [*_NAVIGATOR, "serve", "--workers", "1", "--port", str(port)]
    with subprocess.Popen(words, env=os.environ | own, stdout=subprocess.DEVNULL) as serving:
        try:
            yield f"http://127.0.0.1:{port}", serving.pid
        finally:
            serving.terminate()


def _report(address: str, texts: Iterator[str]) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        _wait_for(client)
        for n, text in enumerate(texts):
            told = {"service": "north", "programme": "fern", "text": text}
            contact = {"route": "email", "email": f"new{n}@example.org"}
            caller = {"x-forwarded-for": f"10.8.0.{n}"}
            sent = client.post("/api/v1/reports", json=told | {"contact": contact}, headers=caller)
            sent.raise_for_status()


def _wait_for(client: httpx.Client) -> None:
    for _ in range(600):
        try:
            client.get("/healthz")
        except httpx.ConnectError:
            sleep(0.1)
        else:
            return


def _predict() -> dict[str, Any]:
    """Seconds of `navigator triage predict` for many short texts of the corpus, on one core."""
    short = [e.text for e in corpus.category_examples() if len(e.text.split()) <= SHORT]
    lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate(islice(cycle(short), LINES))]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "lines.jsonl")
        file.write_text("\n".join(lines))
        begun, used_before = perf_counter(), getrusage(RUSAGE_CHILDREN)
        words = [*_NAVIGATOR, "triage", "predict", str(file)]
        told = subprocess.run(words, stdout=subprocess.PIPE, check=True, preexec_fn=_stay_on_one_core).stdout
        seconds, used = perf_counter() - begun, getrusage(RUSAGE_CHILDREN)
    assert told.count(b"\n") == LINES
    of_core = used.ru_utime + used.ru_stime - used_before.ru_utime - used_before.ru_stime
    seconds_taken = {"seconds": round(seconds, 1), "of them of the core": round(of_core, 1)}
    return {"lines": LINES, "of texts": len(short), "most words": SHORT} | seconds_taken


if __name__ == "__main__":
    what, *given = sys.argv[1:] or [""]
    found = _speed(*given) if what == "--speed" else measure(what)
    print(json.dumps(found, indent=2))
