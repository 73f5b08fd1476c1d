"""The web server, `python -m web.serve HOST PORT WORKERS`: what `navigator serve` becomes in the end."""

import os
import shutil
import signal
import sys
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from navigator import private_files, safe_logging
from navigator.settings import settings
from web import look_after
from web import workers as forked_workers

_LOOKS_EVERY = 1.0
"""Seconds after which a process looks whether its parent is there."""


_OPTIONS: dict[str, Any] = {
    "http": "web.kit.connection:Connection",  # which gives up on whoever does not go on
    "ws": "none",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
    "timeout_graceful_shutdown": 5,  # open streams never end by themselves
}


def serve(host: str, port: int, workers: int) -> None:
    """Serve the desk until it is stopped, in one process or by so many workers."""
    safe_logging.configure(settings().log_level, settings().log_format)
    place: dict[str, Any] = {"host": host, "port": port}
    if workers == 1:
        return uvicorn.run("web.app:app", **place, **_OPTIONS)
    if settings().metrics_token.get_secret_value():
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_folder_of_metrics())
    if sys.platform == "linux":
        return forked_workers.serve(uvicorn.Config("web.app:app", **place, **_OPTIONS), workers)
    several = {"factory": True, "workers": workers, "timeout_worker_healthcheck": look_after.PATIENCE}
    return uvicorn.run("web.serve:worker", **several, **place, **_OPTIONS)  # its libraries may not be forked


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


def main(host: str, port: str, workers: str, *beside: str) -> None:
    """Serve, or go on in the place of a worker that ended, on its socket, with a pipe to say so."""
    if beside:
        safe_logging.configure(settings().log_level, settings().log_format)
        listening, beat = map(int, beside)
        forked_workers.serve_in_place(uvicorn.Config("web.app:app", **_OPTIONS), listening, beat)
    else:
        serve(host, int(port), int(workers))


if __name__ == "__main__":
    main(*sys.argv[1:])
