"""The web server, `python -m web.serve HOST PORT WORKERS`: what `navigator serve` becomes in the end."""

import gc
import multiprocessing
import os
import shutil
import signal
import sys
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
import uvicorn._subprocess
from starlette.types import ASGIApp

from navigator import private_files, safe_logging
from navigator.settings import settings

_ENDED_BY = (signal.SIGINT, signal.SIGTERM)
_LOOKS_EVERY = 1.0
"""Seconds after which a process looks whether its parent is there."""


def serve(host: str, port: int, workers: int) -> None:
    """Serve the desk until it is stopped, in one process or by so many workers."""
    safe_logging.configure(settings().log_level, settings().log_format)
    if workers > 1:
        _load_once_for_all()
    if workers > 1 and settings().metrics_token.get_secret_value():
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_folder_of_metrics())
    uvicorn.run(
        "web.app:app" if workers == 1 else "web.serve:worker",
        factory=workers > 1,
        workers=workers,
        http="web.kit.connection:Connection",  # which gives up on whoever does not go on
        ws="none",
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,  # open streams never end by themselves
        timeout_worker_healthcheck=60,  # a worker is not ended for being busy
    )


def _load_once_for_all() -> None:
    """Load the first pages where the workers are looked after: forked from there, they share its memory.

    It has no connection and no model then, and serves nothing itself.
    """
    if sys.platform != "linux":  # elsewhere the system's own libraries may not be forked
        return
    import web.app  # noqa: F401

    gc.freeze()
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _ENDED_BY),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDED_BY),
        after_in_child=_be_ended,
    )
    uvicorn._subprocess.spawn = multiprocessing.get_context("fork")  # type: ignore[assignment]


def _be_ended() -> None:
    """Be ended from the first moment by what ends a process: who looks after workers only writes it down."""
    for each in _ENDED_BY:
        signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDED_BY)


def _folder_of_metrics() -> Path:
    """An empty folder in which the workers count, each in files of its own."""
    folder = settings().data_dir.absolute() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    return private_files.make_folder(folder)


def worker() -> ASGIApp:
    """The application in a process of its own."""
    safe_logging.configure(settings().log_level, settings().log_format)
    end_with_parent()
    from web.app import app

    return app


def end_with_parent() -> None:
    """End this process when its parent has gone without a word: it would hold the port and serve on."""
    Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(parent: Any) -> None:
    begun_by = os.getppid()
    # However it ended, and be it before this began. What was forked later has each pipe of its parent’s open.
    while parent.is_alive() and os.getppid() == begun_by:
        parent.join(_LOOKS_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
