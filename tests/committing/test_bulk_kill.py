"""A bulk of 200, killed in the middle: another process goes on, and each ticket is done just once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from navigator import database
from navigator.bulk import progress, start
from navigator.bulk.start import ConfirmedSelection
from navigator.bulk.tables import Bulk, BulkAction, BulkItem
from navigator.outbox.outbox_message import OutboxMessage
from navigator.tickets.inputs import ResolveInput
from navigator.tickets.ticket import Event, Message, Resolution, Ticket
from tests.committing.processes import ROOT
from tests.committing.test_takeover import until
from tests.navigator.tickets.report_factory import tell
from tests.people import People, settle

pytestmark = pytest.mark.slow

MANY = 200


@contextmanager
def working(url: str, folder: object) -> Iterator[subprocess.Popen[bytes]]:
    """`navigator work`, as people run it, in a process of its own."""
    environment = os.environ | {"NAVIGATOR_DATABASE_URL": url, "NAVIGATOR_DATA_DIR": str(folder)}
    words = [sys.executable, "-c", "from navigator.cli import app; app()", "work"]
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def begun(session: Session, people: People, many: int) -> int:
    """A bulk that resolves so many tickets, just confirmed."""
    told = [tell(session) for _ in range(many)]
    confirmed = ConfirmedSelection(seen=[(one.number, one.version) for one in told])
    what = ResolveInput(resolution=Resolution.FIXED, body="It works again: {reference}.")
    return start.start_bulk(session, people.amina, BulkAction.RESOLVE, what, confirmed).id


def done() -> int:
    """How many tickets of the bulk are done."""
    with database.reading() as session:
        query = select(func.count()).select_from(BulkItem).where(BulkItem.state == "done")
        return session.exec(query).one()


@pytest.mark.postgresql_is_enough
def test_a_killed_bulk_goes_on_and_does_each_ticket_just_once(committing: str, tmp_path: object) -> None:
    with database.writing() as session:
        bulk_id = begun(session, settle(session), MANY)
    with working(committing, tmp_path) as first:
        until(lambda: done() >= 20)
        first.send_signal(signal.SIGKILL)
        first.wait()
    killed = done()
    assert 20 <= killed < MANY, "it was not killed in the middle"
    with working(committing, tmp_path):
        until(lambda: _ended(bulk_id))
    with database.reading() as session:
        resolved = session.exec(select(Event.ticket_number).where(Event.action == "resolve")).all()
        said = session.exec(select(Message.ticket_number).where(Message.action == "reply")).all()
        letters = session.exec(
            select(OutboxMessage.ticket_number).where(OutboxMessage.template == "resolved")
        ).all()
        numbers = session.exec(select(Ticket.number).where(Ticket.status == "resolved")).all()
        states = Counter(session.exec(select(BulkItem.state)))
    assert states == {"done": MANY}
    assert Counter(resolved) == Counter(said) == Counter(numbers)
    assert set(Counter(resolved).values()) == {1}
    assert len(resolved) == MANY
    assert Counter(letters) == Counter(resolved)


def _ended(bulk_id: int) -> bool:
    with database.reading() as session:
        return session.exec(select(col(Bulk.ended_at).is_not(None)).where(Bulk.id == bulk_id)).one()


def test_what_is_stopped_while_it_runs_is_done_no_further(committing: str, tmp_path: object) -> None:
    with database.writing() as session:
        people = settle(session)
        bulk_id = begun(session, people, many=60)
    with working(committing, tmp_path):
        until(lambda: done() >= 5)
        with database.writing() as session:
            progress.stop(session, people.amina, bulk_id)
        stopped = done()
        sleep(2.5)  # two rounds of the job
        assert 5 <= done() == stopped < 60
        assert not _ended(bulk_id)
