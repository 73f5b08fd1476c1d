"""An import that is killed in the middle goes on where it was: nothing is lost, nothing is doubled."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from navigator import database
from navigator.desk_import.imported_ticket import ImportedTicket
from navigator.tickets.ticket import Message, Ticket
from tests.committing.processes import PATIENCE, ROOT
from tests.people import settle

pytestmark = pytest.mark.slow

COUNT = 60
COMMAND = "from navigator.cli import app; app()"


def _export(file: Path) -> None:
    rows = [
        {
            "number": str(5000 + n),
            "title": f"Trouble {n}",
            "state": "closed",
            "priority": "2 normal",
            "created_at": "2026-01-05T10:00:00Z",
            "customer": f"p{n}@example.org",
            "articles": [
                {"sender": "Customer", "body": f"It broke {n}", "created_at": "2026-01-05T10:00:00Z"},
                {"sender": "Agent", "body": "It works", "created_at": "2026-01-06T10:00:00Z"},
            ],
        }
        for n in range(COUNT)
    ]
    file.write_text(json.dumps(rows, indent=1))


def _start(url: str, file: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", COMMAND, "import", "desk", str(file)]
    options = ["--format", "zammad", "--service", "north"]
    environment = os.environ | {"NAVIGATOR_DATABASE_URL": url}
    return subprocess.Popen(
        words + options, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _count(table: type[database.Table]) -> int:
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_killed_in_the_middle_it_goes_on_and_makes_only_what_is_new(committing: str, tmp_path: Path) -> None:
    with database.writing() as session:
        settle(session)
    _export(tmp_path / "export.json")
    with _start(committing, tmp_path / "export.json") as process:
        ends_at = time.monotonic() + PATIENCE
        while _count(ImportedTicket) < 3 and process.poll() is None:
            assert time.monotonic() < ends_at
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    made = _count(ImportedTicket)
    assert 0 < made < COUNT, "it was killed in the middle"
    assert _count(Ticket) == made
    assert _count(Message) == 2 * made
    with _start(committing, tmp_path / "export.json") as process:
        said, wrong = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, wrong
    assert f"{COUNT - made} tickets made" in said
    assert f"{made} were here already" in said
    assert (_count(Ticket), _count(ImportedTicket), _count(Message)) == (COUNT, COUNT, 2 * COUNT)
    with database.reading() as session:
        numbers = session.exec(select(ImportedTicket.source_id).order_by(col(ImportedTicket.source_id))).all()
    assert numbers == [str(5000 + n) for n in range(COUNT)]
