"""The daily digest with real commits: two at once, and one that is killed, send it once and lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from navigator import clock, database
from navigator.jobs import daily_digest
from navigator.jobs.registry import JOBS
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.outbox.staff_mail import MailChoicesInput, choose_mails
from navigator.people.actor import ANONYMOUS
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from tests.people import settle

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 6, 15, 7, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 6, 16, 7, 0, tzinfo=UTC)


@pytest.fixture
def reader(committing: str) -> int:
    """A navigator for whom a mail waits until Tuesday at eight."""
    with clock.stopped_at(MONDAY), database.writing() as session:
        amina = settle(session).amina
        choose_mails(
            session,
            amina,
            MailChoicesInput.model_validate({"choices": {"mentioned": "daily"}, "digest_hour": 8}),
        )
        number = staff.report(
            session, ANONYMOUS, ReportInput(service="north", text="no way in")
        ).ticket.number
        enqueue(session, "mentioned", Recipient.USER, amina.user_id or 0, ticket_number=number)
        return amina.user_id or 0


def letters() -> list[OutboxMessage]:
    with database.reading() as session:
        query = select(OutboxMessage).where(OutboxMessage.template == daily_digest.TEMPLATE)
        return list(session.exec(query).all())


def test_side_by_side_it_is_sent_once(reader: int) -> None:
    def send(_: int) -> None:
        with clock.stopped_at(TUESDAY), database.writing() as session:
            daily_digest.send_digest(session, TUESDAY, reader)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    (letter,) = letters()
    assert len(letter.context["told"]) == 1


def test_what_is_interrupted_is_done_by_the_next(reader: int) -> None:
    class Killed(BaseException):
        """As the system ends a process."""

    def killed() -> None:
        with database.writing() as session:
            daily_digest.send_digest(session, TUESDAY, reader)
            session.flush()
            raise Killed

    with clock.stopped_at(TUESDAY):
        with pytest.raises(Killed):
            killed()
        assert letters() == []
        assert [JOBS["digests"].run() for _ in range(2)] == [1, 0]
    assert len(letters()) == 1
