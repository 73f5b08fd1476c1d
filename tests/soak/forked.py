"""Processes that are killed by the hundred: forked from one that has imported the desk."""

import os
import sys
from collections.abc import Mapping
from functools import cache
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from navigator.settings import settings
from web import serve

IMPORTED = ["tests.committing.processes", "tests.soak.imported"]


@cache
def from_one() -> ForkServerContext:
    """What starts them; it begins here."""
    made = get_context("forkserver")
    made.set_forkserver_preload(IMPORTED)
    forkserver.ensure_running()
    return made


def start(what: str, environment: Mapping[str, str], port: int = 0) -> BaseProcess:
    """Start the desk (`serve`), or only its jobs (`tick_as_served`), as with this environment."""
    process = from_one().Process(target=_run, args=(what, dict(environment), port))
    process.start()
    return process


def _run(what: str, environment: Mapping[str, str], port: int) -> None:
    os.dup2(2, 1)  # the table is printed by who has begun it
    os.environ.update(environment)
    settings.cache_clear()
    serve.end_with_parent()
    if "LD_PRELOAD" in environment:  # which a process has from its beginning, or not at all
        words = [sys.executable, "-m", "web.serve", "127.0.0.1", str(port), "1"]
        os.execve(words[0], words, os.environ)  # noqa: S606 - our own program
    if what == "serve":
        serve.serve("127.0.0.1", port, 1)
    else:
        from tests.committing import processes

        processes.tick_as_served()
