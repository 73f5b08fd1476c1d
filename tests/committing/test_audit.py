"""The audit log beside kills and races, with real commits: nothing lost, nothing doubled, one whole chain."""

import os
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pwd import getpwuid
from threading import Event
from time import monotonic, sleep

import httpx
import pytest
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from navigator import cli, clock, database
from navigator.people import audit_chain, audit_intake, audit_spool
from navigator.people.actor import SYSTEM
from navigator.people.audit_log import Act, AuditEntry, record
from navigator.people.audit_spool import FOLDER
from navigator.settings import settings
from tests.committing.test_server_kill import serving
from tests.free_port import free_port
from tests.navigator.tickets.report_factory import tell
from tests.people import settle, token_of

pytestmark = pytest.mark.slow

WRITERS, EACH = 8, 12


def seal_all() -> None:
    while audit_chain.seal_new():
        pass


def count(session: Session, act: Act) -> int:
    return session.scalar(select(func.count()).where(col(AuditEntry.act) == act)) or 0


def test_writers_and_sealers_beside_each_other_make_one_whole_chain(committing: str) -> None:
    over = Event()

    def write(writer: int) -> None:
        for number in range(EACH):
            with database.writing() as session:
                record(session, SYSTEM, Act.EXPORTED, f"{writer} {number}")
            try:
                with database.writing() as session:
                    record(session, SYSTEM, Act.EXPORTED, "taken back")
                    raise RuntimeError
            except RuntimeError:
                continue

    def seal() -> int:
        clashes = 0
        while not over.is_set():
            try:
                audit_chain.seal_new()
            except IntegrityError:  # a job does it again
                clashes += 1
        return clashes

    with ThreadPoolExecutor(WRITERS + 3) as pool:
        sealers = [pool.submit(seal) for _ in range(3)]
        for writer in [pool.submit(write, one) for one in range(WRITERS)]:
            writer.result()
        over.set()
        assert [one.result() for one in sealers] == [0, 0, 0]
    seal_all()
    with database.reading() as session:
        verdict = audit_chain.verify(session)
        titles = session.exec(select(AuditEntry.title).order_by(col(AuditEntry.id))).all()
    assert (verdict.rows, verdict.unsealed, verdict.findings) == (WRITERS * EACH, 0, ())
    assert len({*titles}) == WRITERS * EACH


def test_a_look_whose_page_was_shown_outlives_a_kill(committing: str, tmp_path: Path) -> None:
    clock.set_to(clock.machine_time())  # as the server's, where the log-in must not be over
    with database.writing() as session:
        people = settle(session)
        numbers = [tell(session).number for _ in range(5)]
        token = token_of(session, people.amina)
    port = free_port()
    with serving(committing, port, tmp_path) as process:
        cookies = {"desk_log_in": token}
        for number in numbers:
            shown = httpx.get(f"http://127.0.0.1:{port}/tickets/{number}", cookies=cookies, timeout=60)
            assert shown.status_code == 200
        process.send_signal(signal.SIGKILL)
        process.wait()
    with serving(committing, port, tmp_path):
        end = monotonic() + 60
        while list((tmp_path / FOLDER).glob("*.jsonl")) and monotonic() < end:
            sleep(0.1)
    with database.reading() as session:
        looks = select(AuditEntry.ticket_number).where(col(AuditEntry.act) == Act.OPENED_TICKET)
        assert sorted(number for number in session.exec(looks) if number) == numbers


def test_two_processes_take_one_spool_once(committing: str) -> None:
    for number in range(30):
        audit_spool.note(SYSTEM, Act.EXPORTED, f"{number}")
        audit_spool.waiting()  # another file for each
    with ThreadPoolExecutor(6) as pool:
        taken = [one.result() for one in [pool.submit(audit_intake.take_spool) for _ in range(6)]]
    assert sum(taken) >= 30
    with database.reading() as session:
        assert count(session, Act.EXPORTED) == 30
    assert audit_spool.waiting() == []


def test_what_a_live_process_writes_is_left_to_it(committing: str) -> None:
    folder = settings().data_dir / FOLDER
    audit_spool.note(SYSTEM, Act.EXPORTED, "mine")
    (mine,) = folder.glob("*.jsonl")
    pid = os.fork()
    if pid == 0:  # another process, which holds no lock of this one
        status = 1
        try:
            with audit_intake._locked(mine) as is_free:
                status = 1 if is_free else 0
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
    assert audit_intake.take_spool() == 1


@pytest.mark.only_on("sqlite")
def test_a_page_waits_for_no_writer(committing: str) -> None:
    """A look is noted while somebody else holds SQLite's one writer."""
    with sqlite3.connect(committing.removeprefix("sqlite:///"), timeout=1) as other:
        other.execute("BEGIN IMMEDIATE")
        audit_spool.note(SYSTEM, Act.EXPORTED, "noted")
        other.execute("ROLLBACK")
    audit_intake.take_spool()
    with database.reading() as session:
        assert count(session, Act.EXPORTED) == 1


def test_a_command_is_written_down_by_its_name(committing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAVIGATOR_DATABASE_URL", committing)
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("SUDO_USER", "ada")
    settings.cache_clear()
    people_words = ["user", "add", "--service", "north", "--role", "navigator", "--name", "Nia Nkosi"]
    with database.writing() as session:
        settle(session)
    done = CliRunner().invoke(cli.app, [*people_words, "--email", "nia@north.example"])
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(cli.app, ["user", "add", "--help"]).exit_code == 0
    seal_all()
    assert "2 rows are whole; 0 wait" in CliRunner().invoke(cli.app, ["audit", "verify"]).output
    with database.reading() as session:
        rows = session.exec(
            select(AuditEntry).where(col(AuditEntry.act) == Act.COMMAND).order_by(col(AuditEntry.id))
        ).all()
    assert [row.title for row in rows] == ["navigator user add", "navigator audit verify"]
    owner = getpwuid(os.getuid()).pw_name
    assert {row.actor_name for row in rows} == {f"Command line ({owner}, said to be ada)"}


def test_a_broken_chain_is_told_by_the_command(committing: str) -> None:
    record_one()
    record_one()
    seal_all()
    head = audit_chain.head_file().read_text().strip()
    assert CliRunner().invoke(cli.app, ["audit", "verify", "--head", head]).exit_code == 0
    assert CliRunner().invoke(cli.app, ["audit", "verify", "--head", "nonsense"]).exit_code == 2
    longer = f"99:{'ab' * 32}"
    done = CliRunner().invoke(cli.app, ["audit", "verify", "--head", longer])
    assert done.exit_code == 1
    assert "Rows 3 to 99 are missing." in done.output


def record_one() -> None:
    with database.writing() as session:
        record(session, SYSTEM, Act.EXPORTED)
