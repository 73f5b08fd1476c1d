"""Workers: processes that serve one socket, forked from one that has loaded the desk for all.

Who asks first is answered by one that has loaded the first pages alone. Meanwhile this process loads the
rest, once for all, forks those that stay, and becomes the small program that looks after them (`look_after`).
"""

import gc
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from threading import Thread
from time import sleep

import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE

from navigator.safe_logging import exception_location
from navigator.settings import settings
from web import look_after
from web.fair_accept import Server
from web.kit.process import Process

_SAYS_EVERY = 1.0
"""Seconds after which a worker says that it lives, and looks whether whoever looks after it does."""
_BEGINS = b"."

log = structlog.get_logger("desk.workers")


def serve(config: uvicorn.Config, workers: int) -> None:
    """Serve by so many workers, and the first pages at once, until this process is ended."""
    from web import app as desk

    for each in look_after.heeded():
        signal.signal(each, signal.SIG_DFL)  # whoever is forked ends by them
    signal.pthread_sigmask(signal.SIG_BLOCK, look_after.ENDED_BY)  # until the caretaker can end them all
    gc.freeze()
    listening = config.bind_socket()
    Process.serves_first_pages = True
    first, _ = _fork(config, listening, round(settings().slow_upload_seconds))
    Process.serves_first_pages = False
    desk.load_all()
    gc.freeze()
    pipes = dict(_fork(config, listening) for _ in range(workers))
    _become_caretaker(listening, pipes, first)


def serve_in_place(config: uvicorn.Config, listening: int, beat: int) -> None:
    """Serve in the place of a worker that has ended."""
    log.warning("a worker ended, another begins")
    sys.exit(_serve(config, socket.socket(fileno=listening), os.getppid(), beat))


def _fork(config: uvicorn.Config, listening: socket.socket, goes_on: int = 0) -> tuple[int, int]:
    """A worker, and the pipe through which it says that it lives.

    It `goes_on` for so many seconds with what it answers, or as long as any.
    """
    parent = os.getpid()
    pipe, beat = os.pipe()
    if worker := os.fork():
        os.close(beat)
        return worker, pipe
    code = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, look_after.ENDED_BY)
        config.timeout_graceful_shutdown = goes_on or config.timeout_graceful_shutdown
        code = _serve(config, listening, parent, beat)
    except BaseException as error:
        log.error("a worker failed", error=exception_location(error))
    finally:  # it never goes on as what it was forked from
        sys.stdout.flush()
        os._exit(code)


def _serve(config: uvicorn.Config, listening: socket.socket, parent: int, beat: int) -> int:
    server = Server(config)
    Thread(target=stay_beside, args=(parent, server, beat), daemon=True).start()
    server.run([listening])
    return 0 if server.started else STARTUP_FAILURE


def stay_beside(parent: int, server: uvicorn.Server, beat: int) -> None:
    """Say that this process lives, and end it when its parent has gone without a word: it would serve on."""
    while os.getppid() == parent:
        with suppress(OSError):  # nobody listens to the first one
            os.write(beat, look_after.SERVES if server.started else _BEGINS)
        sleep(_SAYS_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)


def _become_caretaker(listening: socket.socket, pipes: dict[int, int], first: int) -> None:
    for passed_on in (listening.fileno(), *pipes.values()):
        os.set_inheritable(passed_on, True)
    again = [sys.executable, "-m", "web.serve", *sys.argv[1:]]
    told = {"listening": listening.fileno(), "pipes": pipes, "first": first, "again": again}
    sys.stdout.flush()
    words = [sys.executable, "-S", look_after.__file__, json.dumps(told)]
    os.execv(words[0], words)  # noqa: S606 - our own program
