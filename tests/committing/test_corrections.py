"""What is sorted in one process is suggested by another within the same minute, and forgotten as soon."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest
from sqlmodel import col, select

from navigator import database
from navigator.tickets.actions import staff
from navigator.tickets.inputs import TriageInput
from navigator.tickets.ticket import Message, Ticket
from navigator.triage.tables import ReportVector
from tests.committing.test_server_kill import serving
from tests.free_port import free_port
from tests.navigator.tickets.report_factory import tell
from tests.people import settle

pytestmark = [pytest.mark.slow, pytest.mark.postgresql_is_enough]

TEXT = "the relaxation recording stops after a minute and starts again"
SORTED_AS = "notify.too_many"
SORTED = 12
SAME_MINUTE = 60


def test_another_process_suggests_what_was_sorted_and_forgets_what_was_erased(
    committing: str, tmp_path: Path
) -> None:
    with database.writing() as session:
        people = settle(session)
        numbers = [tell(session, text=f"{TEXT} {n}", category=None).number for n in range(SORTED)]
    port = free_port()
    with serving(committing, port, tmp_path / "data"):
        before = _suggested_by_server(port)
        assert before != SORTED_AS
        with database.writing() as session:
            for number in numbers:
                staff.triage(session, people.amina, number, TriageInput(category=SORTED_AS, impact=4))
        _within_the_minute(lambda: _suggested_by_server(port) == SORTED_AS)
        with database.writing() as session:
            for message in session.exec(select(Message).where(col(Message.ticket_number).in_(numbers))):
                message.body = ""
        with database.reading() as session:
            assert session.exec(select(ReportVector)).all() == []
        _within_the_minute(lambda: _suggested_by_server(port) == before)


_names = count()


def _suggested_by_server(port: int) -> str:
    """What the server says first of a new report."""
    contact = {"route": "email", "email": f"p{next(_names)}@example.org"}
    report = {"service": "north", "programme": "fern", "body": TEXT, "contact": contact}
    answer = httpx.post(f"http://127.0.0.1:{port}/api/v1/reports", json=report, timeout=60)
    assert answer.status_code == 201, answer.status_code
    with database.reading() as session:
        newest = session.exec(select(Ticket).order_by(col(Ticket.number).desc()).limit(1)).one()
        return max(newest.category_probabilities, key=lambda id: newest.category_probabilities[id])


def _within_the_minute(is_so: Callable[[], bool]) -> None:
    end = monotonic() + SAME_MINUTE
    while not is_so():
        assert monotonic() < end, "this did not happen in the same minute"
        sleep(5)
