"""What is logged: no token and no words of anybody, and no signs that steer a terminal (11.F6)."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog
from starlette.testclient import TestClient

from navigator.safe_logging import SafeFormatter, printable
from tests.committing.processes import ROOT
from web.app import app

TOKEN = "aB3-_xYz" * 4
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def every_level() -> Iterator[None]:
    """Lines of every level, whichever was set when a test before started the desk."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    yield
    structlog.configure(wrapper_class=before)


@pytest.mark.parametrize(
    ("method", "path", "logged"),
    [
        ("GET", f"/t/{TOKEN}", "/t/{token}"),
        ("HEAD", f"/t/{TOKEN}", "/t/{token}"),
        ("POST", f"/t/{TOKEN}", "/t/{token}"),
        ("GET", f"/t/{TOKEN})", "/t/{token}"),  # with what stood behind it in a letter
        ("GET", f"/t/{TOKEN}/", "(no page)"),
        ("GET", f"/t/%1B[2J{TOKEN}", "/t/{token}"),
        ("GET", "/password/alllowercaseletters", "/password/{token}"),
        ("GET", f"/{TOKEN})", "(no page)"),
        ("GET", "/api/v1/tickets/1", "/api/v1/tickets/{number}"),
        ("GET", f"/api/v1/{TOKEN})", "/api/v1"),
        ("GET", f"/static/{TOKEN})/desk.js", "/static"),
    ],
)
@pytest.mark.usefixtures("people", "every_level")
def test_a_request_is_logged_by_its_route_and_never_by_its_path(method: str, path: str, logged: str):
    """T5 of the peers."""
    with structlog.testing.capture_logs() as written:
        TestClient(app, follow_redirects=False, headers=OURS).request(method, path)
    assert [line["path"] for line in written] == [logged]
    assert "aB3" not in str(written)


SAID = """
import logging, structlog
from navigator import safe_logging
safe_logging.configure("warning")
ours, others = structlog.get_logger("desk"), logging.getLogger("uvicorn.error")
ours.warning("a\\x1b[2Jb", value="\\x1b]0;c\\x07", more="d\\ne\\u202e", number=1)
ours.info("not said")
others.warning("\\x1b[2J%s", "f\\r\\ng")
try:
    int("her own words")
except ValueError:
    others.exception("Exception in ASGI application")
"""


def test_what_is_said_is_printable_and_holds_no_words_of_an_exception():
    """In a process of its own, since it is about how a process logs."""
    said = subprocess.run([sys.executable, "-c", SAID], capture_output=True, check=True, cwd=ROOT)
    lines = (said.stdout + said.stderr).decode().splitlines()
    assert len(lines) == 3, lines
    assert all(line == printable(line) for line in lines)
    assert "\\x1b[2J" in lines[0]
    assert "words" not in lines[2]
    assert "ValueError at <string>:10" in lines[2]


LEVELS = """
import logging, structlog, sys, uvicorn
from navigator import safe_logging
safe_logging.configure(sys.argv[1], sys.argv[2])
safe_logging.configure(sys.argv[1], sys.argv[2])  # as a worker does again
uvicorn.Config("web.app:app", log_config=None, access_log=False)  # as `web.serve` does
for level in ("debug", "info", "warning", "error"):
    getattr(structlog.get_logger("desk"), level)(f"ours {level}", value="a\x1b[2Jb")
    getattr(logging.getLogger("uvicorn.error"), level)(f"server {level}")
    getattr(logging.getLogger("httpx"), level)(f"others {level}")
try:
    int("her own words")
except ValueError:
    structlog.get_logger("desk").exception("ours failed")
    logging.getLogger("uvicorn.error").exception("server failed")
"""
ORDER = ("debug", "info", "warning", "error")


def _lines(level: str, kind: str) -> list[str]:
    words = [sys.executable, "-c", LEVELS, level, kind]
    said = subprocess.run(words, capture_output=True, check=True, cwd=ROOT)
    return (said.stdout + said.stderr).decode().splitlines()


@pytest.mark.parametrize("level", ORDER)
def test_the_level_is_obeyed_by_the_desk_and_its_server(level: str):
    lines = _lines(level, "text")
    for each in ORDER:
        is_heard = ORDER.index(each) >= ORDER.index(level)
        assert any(f"ours {each}" in line for line in lines) is is_heard, each
        assert any(f"server {each}" in line for line in lines) is is_heard, each
        # What others say below a warning may hold what was sent.
        is_heard = is_heard and ORDER.index(each) >= ORDER.index("warning")
        assert any(f"others {each}" in line for line in lines) is is_heard, each


def test_each_line_is_an_object_where_that_is_set():
    lines = [json.loads(line) for line in _lines("info", "json")]
    ours = next(line for line in lines if line["event"] == "ours info")
    server = next(line for line in lines if line["event"] == "server warning")
    assert (ours["level"], ours["value"]) == ("info", "a\\x1b[2Jb")
    assert (server["level"], server["logger"]) == ("warning", "uvicorn.error")
    assert all(line["timestamp"].endswith("Z") for line in lines)
    failed = [line for line in lines if line["event"].endswith("failed")]
    assert len(failed) == 2
    assert all("ValueError" in line["exception"] for line in failed)
    assert "her own words" not in str(lines)


def test_what_an_event_loop_says_of_an_error_nobody_waited_for_holds_no_words_of_it():
    program = """
import asyncio, gc
from navigator import safe_logging
safe_logging.configure("info", "json")
async def fails():
    raise RuntimeError("her own words")
async def main():
    task = asyncio.ensure_future(fails())
    await asyncio.sleep(0)
    del task
    gc.collect()
asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert "Task exception was never retrieved" in done.stderr
    assert "her own words" not in done.stderr


def test_only_what_steers_is_written_out():
    assert printable("Zoë’s \x9b\t") == "Zoë’s \\x9b\\t"


def test_a_record_without_an_exception_is_a_line():
    record = logging.LogRecord("desk", logging.INFO, "x", 1, "%s", ("one",), None)
    assert SafeFormatter("%(message)s").format(record) == "one"
