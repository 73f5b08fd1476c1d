"""Rollback: what an older version held is upgraded, and put back under that version by its backup of before.

The older version is code of this repository’s history, run as it was, in processes of its own. Where the
history is not there (a shallow clone), this is not collected: `docs/operations.md` says what to do by hand.
"""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.committing.conftest import OLDER
from tests.committing.test_backup import rows
from tests.engines import Fresh

pytestmark = pytest.mark.slow

HERE = Path(__file__).parents[2]
SETTLE = """
from navigator import database
from tests.people import settle
with database.writing() as session:
    settle(session)
"""
TELL = """
from navigator import database
from tests.navigator.tickets.report_factory import tell
with database.writing() as session:
    tell(session, text="{words}", contact={{"route": "email", "email": "{words}@example.org"}})
"""
SAY = """
from sqlmodel import select
from navigator.tickets.ticket import Message
with database.reading() as session:
    print(*session.exec(select(Message.body).order_by(Message.id)))
"""
NOTICE = """
from datetime import date
from navigator import database
import navigator.models
from navigator.catalogue.privacy_notice import PrivacyNotice
with database.writing() as session:
    words = dict.fromkeys(("controller", "lawful_basis", "periods", "contact", "owner"), "Said")
    session.add(PrivacyNotice(service_id=1, review_on=date(2030, 1, 1), **words))
"""
"""Without one no reports are taken: that came with a version in between."""


@pytest.fixture(scope="session")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the older version."""
    git, parts = ["git", "-C", str(HERE)], ["api", "migrations", "navigator", "tests", "web"]
    archive = subprocess.run([*git, "archive", OLDER, *parts], capture_output=True, check=True)
    folder = tmp_path_factory.mktemp("older")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


@pytest.fixture
def url(fresh: Fresh) -> Iterator[str]:
    """The address of a database in which there is nothing at all."""
    with fresh("rolled_back") as url:
        if (name := make_url(url)).get_backend_name() == "sqlite":
            Path(name.database or "").unlink()
        else:
            engine = create_engine(url)
            with engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
            engine.dispose()
        yield url


class Desk:
    """One installation: its database and data folder, under whichever version is asked."""

    def __init__(self, url: str, folder: Path) -> None:
        self.facts = {"NAVIGATOR_DATABASE_URL": url, "NAVIGATOR_DATA_DIR": str(folder / "data")}

    def python(self, code: Path, words: str) -> str:
        """Run Python of a version."""
        known = {name: value for name, value in os.environ.items() if not name.startswith("NAVIGATOR_")}
        facts = known | self.facts | {"PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", words]
        done = subprocess.run(command, cwd=code, env=facts, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def navigator(self, code: Path, *words: str) -> str:
        """Run a command of a version."""
        return self.python(code, f"from navigator.cli import app; app({list(words)!r})")


def test_an_upgrade_is_taken_back_by_the_backup_under_the_older_version(
    older: Path, url: str, tmp_path: Path
) -> None:
    desk, backup = Desk(url, tmp_path), str(tmp_path / "before.backup")
    desk.navigator(older, "migrate")
    desk.python(older, SETTLE + TELL.format(words="first") + TELL.format(words="second"))
    before = rows(url)
    assert before["alembic_version"] == ["('0052',)"]
    desk.navigator(older, "backup", backup)

    said = desk.navigator(HERE, "migrate", "--backup", backup)
    assert "The way back: before.backup" in said
    upgraded = rows(url)
    assert upgraded["alembic_version"] > before["alembic_version"]
    assert len(upgraded["message"]) == len(before["message"])
    said = desk.python(HERE, NOTICE + TELL.format(words="third") + SAY)
    assert said.split()[-3:] == ["first", "second", "third"]

    desk.navigator(older, "restore", backup, "--overwrite")
    assert rows(url) == before
    assert desk.python(older, TELL.format(words="fourth") + SAY).split()[-3:] == ["first", "second", "fourth"]
