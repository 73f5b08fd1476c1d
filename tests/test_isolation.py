"""The ground that tests stand on: nothing leaks from one into another, or out of the machine."""

import signal
import smtplib
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlmodel import col, select

from navigator import clock, database
from navigator.catalogue.programme import Programme
from navigator.settings import settings


def _programmes() -> list[str]:
    with database.reading() as session:
        return list(session.exec(select(Programme.code).order_by(col(Programme.code))))


@pytest.mark.parametrize("_time", ["first", "second"])
def test_what_one_test_commits_no_other_test_sees(connection, _time):
    assert _programmes() == []
    with database.writing() as session:
        session.add(Programme(code="calm", name="Calm Steps"))
    assert _programmes() == ["calm"]


def test_session_of_a_test_is_seen_by_the_desk_when_flushed(session):
    session.add(Programme(code="calm", name="Calm Steps"))
    session.flush()
    assert _programmes() == ["calm"]


def test_refused_transaction_is_undone_and_the_test_goes_on(connection):
    def fail_late(session):
        session.add(Programme(code="calm", name="Calm Steps"))
        session.flush()
        raise KeyError

    with pytest.raises(KeyError), database.writing() as session:
        fail_late(session)
    assert _programmes() == []


@pytest.mark.parametrize("_time", ["first", "second"])
def test_committing_database_really_commits_and_is_the_tests_own(committing, _time):
    assert _programmes() == []
    with database.writing() as session:
        session.add(Programme(code="calm", name="Calm Steps"))
    elsewhere: list[str] = []
    thread = threading.Thread(target=lambda: elsewhere.extend(_programmes()))
    thread.start()
    thread.join()
    assert elsewhere == ["calm"]


def test_clock_stands_until_it_is_set(moment):
    assert clock.now() == moment
    clock.set_to(datetime(2026, 12, 24, 15, tzinfo=UTC))
    assert clock.now().year == 2026
    assert clock.now().day == 24


def test_settings_are_the_defaults_in_a_folder_of_their_own():
    assert not settings().data_dir.exists()
    assert settings().mail_host == ""


@pytest.mark.parametrize(
    "reach", [lambda: smtplib.SMTP("192.0.2.1", 25), lambda: urlopen("http://example.org")]
)
def test_nothing_leaves_this_machine(reach):
    with pytest.raises(pytest.fail.Exception, match="tried to reach"):
        reach()


@pytest.mark.only_on("postgresql")
def test_server_goes_even_when_the_tests_are_killed():
    script = """
        from tests import postgres_server
        with postgres_server.running() as address:
            print(address, flush=True)
            input()
    """
    words = [sys.executable, "-c", "\n".join(line[8:] for line in script.splitlines())]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    folder = Path(process.stdout.readline().strip().partition("host=")[2])
    assert (folder / "data").exists()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    for _ in range(200):
        if not folder.exists():
            return
        time.sleep(0.05)
    pytest.fail(f"The server's folder {folder} is still there")
