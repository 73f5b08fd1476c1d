"""Two processes that serve: one that is killed is replaced, and none outlives the process that began them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from navigator import database
from tests.committing.test_server_kill import _told, serving
from tests.free_port import free_port
from tests.people import settle
from web import look_after

PATIENCE = 120
"""Seconds for a process to begin or to end, on a busy machine."""


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_none_outlives_its_parent(committing: str, tmp_path: Path):
    with database.writing() as session:
        settle(session)
    port = free_port()
    with serving(committing, port, tmp_path, workers=2) as parent:
        until(lambda: is_looked_after(parent) and len(workers_of(parent)) == 2)  # who was first left
        first, other = sorted(workers_of(parent))
        if sys.platform == "linux":
            assert memory_of(other, "Shared_Dirty") > 60_000  # kB, of what was loaded once for both
            assert memory_of(parent.pid, "Rss") < 20_000  # it has forgotten what it loaded for them
        os.kill(first, signal.SIGKILL)
        until(lambda: len(workers_of(parent)) == 2 and first not in workers_of(parent))
        assert other in workers_of(parent)
        for count in range(4):
            address = f"http://127.0.0.1:{port}/api/v1/reports"
            told = _told(f"It will not open {count}")
            assert httpx.post(address, json=told, timeout=PATIENCE).status_code == 201
        (later,) = workers_of(parent) - {other}
        os.kill(later, signal.SIGSTOP)  # forked last, it has the other’s pipe to the parent
        parent.kill()
        parent.wait()
        until(lambda: not is_there(other))
        os.kill(later, signal.SIGCONT)
        until(lambda: not is_there(later))


@pytest.mark.slow
@pytest.mark.postgresql_is_enough
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are not forked")
def test_a_desk_that_is_stopped_while_it_begins_ends_with_all_its_workers(committing: str, tmp_path: Path):
    with serving(committing, free_port(), tmp_path, workers=2) as parent:
        assert (begun := workers_of(parent))
        parent.terminate()
        assert parent.wait(PATIENCE) == 0
        assert not any(map(is_there, begun))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are not forked")
@pytest.mark.parametrize(("begins_as", "becomes"), [("silent", "replaced"), ("broken", "3"), ("good", "0")])
def test_whoever_falls_silent_is_replaced_and_who_cannot_begin_ends_all(begins_as: str, becomes: str):
    """13: who looks after workers is a program of our own, of 11 MiB instead of 106."""
    own = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    words = [sys.executable, "-c", CARETAKER, begins_as]
    said = subprocess.run(words, stdout=subprocess.PIPE, text=True, env=own, check=True, timeout=PATIENCE)
    assert said.stdout.split() == [becomes, "nobody"]


CARETAKER = """
import os, signal, sys, time
from web import look_after

WORKERS = {
    "silent": "import time; time.sleep(100)",
    "broken": "import sys; sys.exit(3)",
    "good": "import os, sys, time\\nwhile True: os.write(int(sys.argv[2]), b's'); time.sleep(.1)",
}
look_after.PATIENCE = 1.0
pipe, beat = os.pipe()
os.set_inheritable(beat, True)
program = [sys.executable, "-c", WORKERS[sys.argv[1]]]
worker = os.posix_spawn(sys.executable, [*program, "0", str(beat)], os.environ)
os.close(beat)
workers = look_after.Workers(os.open(os.devnull, os.O_RDONLY), {worker: pipe}, 0, program)

def look(*_):
    if sys.argv[1] == "silent":
        print("replaced" if set(workers.pipes) - {worker} else "kept", flush=True)
    workers.end()

signal.signal(signal.SIGALRM, look)
signal.setitimer(signal.ITIMER_REAL, 2.5)
code = workers.look_after()
if sys.argv[1] != "silent":
    print(code)
try:
    os.wait()
except ChildProcessError:
    print("nobody")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are not forked")
@pytest.mark.parametrize(("stood_still", "ends"), [(0.0, True), (1000.0, False)])
def test_who_was_paused_with_all_the_others_is_not_ended(stood_still: float, ends: bool):
    """A container that was paused for a minute lost each worker, with whom they answered."""
    with subprocess.Popen(["sleep", "100"]) as worker:
        workers = look_after.Workers(os.open(os.devnull, os.O_RDONLY), {worker.pid: os.pipe()[0]}, 0, [])
        now = workers.heard_at[worker.pid] + 1000
        workers.looked_at = now - stood_still
        workers._end_who_is_silent(now)
        worker.send_signal(signal.SIGTERM)  # the earlier of both is the one that ends it
        assert (worker.wait(PATIENCE) == -signal.SIGKILL) is ends
    os.close(workers.listening)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are not forked")
def test_who_is_told_to_end_while_it_loads_ends_all():
    """The first process of a container was not ended by it, and had to be killed."""
    own = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    words = [sys.executable, "-c", LOADING]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=own) as caretaker:
        assert caretaker.stdout
        worker = int(caretaker.stdout.readline())
        assert caretaker.wait(PATIENCE) == 0
        assert not Path(f"/proc/{worker}").exists()


def test_what_is_ignored_ends_nobody():
    """Whoever began the desk with `nohup` and logged out ended it."""
    assert look_after.heeded() == list(look_after.ENDED_BY)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert look_after.heeded() == [signal.SIGINT, signal.SIGTERM]
    finally:
        signal.signal(signal.SIGHUP, before)


LOADING = """
import json, os, signal, sys
from web import look_after

signal.pthread_sigmask(signal.SIG_BLOCK, look_after.ENDED_BY)
pipe, beat = os.pipe()
worker = os.posix_spawn("/bin/sleep", ["sleep", "100"], os.environ, setsigmask=[])
print(worker, flush=True)
signal.raise_signal(signal.SIGTERM)
for passed_on in (pipe, beat):
    os.set_inheritable(passed_on, True)
told = {"listening": beat, "pipes": {worker: pipe}, "first": 0, "again": []}
os.execv(sys.executable, [sys.executable, "-S", look_after.__file__, json.dumps(told)])
"""


def test_a_worker_whose_parent_is_gone_before_it_is_ready_ends_too(tmp_path: Path):
    """13: it took the system's first process for its parent, and held the port without an end."""
    program = tmp_path / "begins_one.py"
    program.write_text(PARENT)
    own = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    said = subprocess.run([sys.executable, program], stdout=subprocess.PIPE, text=True, env=own, check=True)
    assert said.stdout == "ready\n"  # all that it says until it ends


PARENT = """
import multiprocessing, os, time

def work():
    time.sleep(1)
    from web import serve
    print("ready", flush=True)
    serve.end_with_parent()
    time.sleep(5)
    print("serves on", flush=True)

if __name__ == "__main__":
    multiprocessing.get_context("spawn").Process(target=work).start()
    os._exit(0)
"""


def workers_of(parent: subprocess.Popen[bytes]) -> set[int]:
    """The processes that serve, forked from the one that looks after them."""
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    return {int(child) for child in children if "web.serve" in words_of(child)}


def words_of(process: str) -> str:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/cmdline").read_text()
    return ""


def is_looked_after(parent: subprocess.Popen[bytes]) -> bool:
    return "look_after" in words_of(str(parent.pid)) or sys.platform != "linux"


def memory_of(process: int, kind: str) -> int:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:"))


def is_there(process: int) -> bool:
    return "web.serve" in words_of(str(process))


def until(is_so: Callable[[], bool]) -> None:
    ends = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < ends
        sleep(0.1)
