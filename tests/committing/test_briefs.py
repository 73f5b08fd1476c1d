"""Briefs with real commits: two processes at once, and one that is killed, write each practitioner once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from navigator import clock, database
from navigator.catalogue.service import Service
from navigator.jobs.registry import JOBS
from navigator.outbox.outbox_message import OutboxMessage
from navigator.support_cards import briefs
from tests.navigator.support_cards.card_factory import make
from tests.people import settle

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def practitioner(committing: str) -> tuple[int, int]:
    """A practitioner with a session tomorrow, at the hour at which their service sends briefs."""
    with database.writing() as session:
        people = settle(session)
        session.get_one(Service, people.north).brief_time = "15:00"
        make(session, people.priya, next_session="2026-06-10")
        assert people.priya.user_id
        return people.priya.user_id, people.north


def letters() -> int:
    with database.reading() as session:
        return len(session.exec(select(OutboxMessage)).all())


def test_side_by_side_each_is_written_to_once(practitioner: tuple[int, int]) -> None:
    now = datetime(2026, 6, 9, 15, 0, tzinfo=UTC)

    def send(_: int) -> bool:
        with clock.stopped_at(now), database.writing() as session:
            return briefs.send_brief(session, now, practitioner)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [False, False, False, True]
    assert letters() == 1


def test_what_is_interrupted_is_done_by_the_next(practitioner: tuple[int, int]) -> None:
    now = datetime(2026, 6, 9, 15, 0, tzinfo=UTC)

    class Killed(BaseException):
        """As the system ends a process."""

    def killed() -> None:
        with database.writing() as session:
            briefs.send_brief(session, now, practitioner)
            session.flush()
            raise Killed

    with clock.stopped_at(now):
        with pytest.raises(Killed):
            killed()
        assert letters() == 0
        assert [JOBS["briefs"].run() for _ in range(2)] == [1, 0]
    assert letters() == 1
