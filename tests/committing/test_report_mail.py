"""The managers’ report by mail with real commits: two at once, and one that is killed, send it once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from navigator import clock, database
from navigator.insight import report_mail
from navigator.insight.mail_choice import ReportMail
from navigator.jobs.registry import JOBS
from navigator.outbox.outbox_message import OutboxMessage
from tests.people import settle

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 6, 15, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def manager(committing: str) -> int:
    """A manager who chose last week to have it every Monday."""
    with database.writing() as session:
        mo = settle(session).mo
        report_mail.choose(session, mo, "week")
        assert mo.user_id
        return mo.user_id


def letters() -> list[OutboxMessage]:
    with database.reading() as session:
        return list(session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all())


def test_side_by_side_it_is_sent_once(manager: int) -> None:
    def send(_: int) -> None:
        with clock.stopped_at(MONDAY), database.writing() as session:
            report_mail.send(session, MONDAY, manager)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    (letter,) = letters()
    assert letter.context["days"] == {"since": "2026-06-08", "until": "2026-06-14"}


def test_two_jobs_at_once_send_it_once(manager: int) -> None:
    def work(_: int) -> None:
        with clock.stopped_at(MONDAY):
            JOBS["reports"].run()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert len(letters()) == 1


def test_what_is_interrupted_is_done_by_the_next(manager: int) -> None:
    class Killed(BaseException):
        """As the system ends a process."""

    def killed() -> None:
        with database.writing() as session:
            report_mail.send(session, MONDAY, manager)
            session.flush()
            raise Killed

    with clock.stopped_at(MONDAY):
        with pytest.raises(Killed):
            killed()
        assert letters() == []
        with database.reading() as session:
            assert session.get_one(ReportMail, manager).sent_for_on != MONDAY.date()
        assert [JOBS["reports"].run() for _ in range(2)] == [1, 0]
    assert len(letters()) == 1
