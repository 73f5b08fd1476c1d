"""The backups page: off, not yet, kept, failed, and what each rehearsal found."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.backup.tables import BackupRun, RunKind
from navigator.settings import settings
from tests.web.conftest import Enter

FOUND = {"tickets": 1, "messages": 2, "events": 3, "changes": 0, "files": 0, "rows": 99}


def run(session: Session, kind: RunKind, hours_ago: float, **facts: Any) -> None:
    at = clock.now() - timedelta(hours=hours_ago)
    session.add(BackupRun(kind=kind, slot_at=at, attempt=1, began_at=at, ended_at=at, **facts))
    session.flush()


def test_it_says_that_none_is_made(enter: Enter) -> None:
    visitor = enter("ada")
    visitor.get("/settings/backups")
    assert "makes no backup by itself" in visitor.text


def test_it_says_what_was_made_rehearsed_let_go_and_failed(
    enter: Enter, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NAVIGATOR_BACKUP_DIR", str(tmp_path))
    settings.cache_clear()
    visitor = enter("ada")
    visitor.get("/settings/backups")
    assert "The first is made within ten minutes" in visitor.text
    run(session, RunKind.BACKUP, 60, file="old.backup", size=5_000_000, deleted_at=clock.now())
    run(session, RunKind.BACKUP, 8, file="new.backup", size=7_400_000)
    run(session, RunKind.REHEARSAL, 7, file="new.backup", found=FOUND)
    visitor.get("/settings/backups")
    assert "Good The newest is of" in visitor.text
    assert "Came back 1 ticket, 2 messages, 3 events" in visitor.text
    assert "new.backup 7 MB Kept" in visitor.text
    assert "old.backup 5 MB Let go" in visitor.text
    run(session, RunKind.REHEARSAL, 1, problem="The rehearsal needs a database of its own.")
    visitor.get("/settings/backups")
    assert "Look at this The rehearsal of the backup failed 9am on Tuesday 9 June." in visitor.text
    assert visitor.get("/readyz").json()["backup"].startswith("The rehearsal of the backup failed")
    visitor.get("/home")
    assert "The rehearsal of the backup failed" in visitor.page.text(), "the banner of staff says so"
