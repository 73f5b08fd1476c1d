"""The jobs' one process, killed: another takes over within seconds, and no slot of time is done twice."""

import time
from collections import Counter
from collections.abc import Callable
from itertools import groupby

import pytest
from sqlmodel import col, select

from navigator import database
from navigator.jobs.tables import JOBS_LEASE, JobRun, Lease
from navigator.outbox.outbox_message import OutboxMessage
from tests.committing import processes

pytestmark = pytest.mark.slow


def test_when_the_process_with_the_jobs_is_killed_another_takes_over(committing: str):
    with (
        processes.running("tick", committing) as one,
        processes.running("tick", committing) as other,
    ):
        until(lambda: len(done()) >= 5)
        first, second = (one, other) if done()[0][0] == one.pid else (other, one)
        first.kill()
        first.wait()
        killed = len(done())
        until(lambda: len(done()) >= killed + 5)
        second.terminate()
        assert second.wait(timeout=processes.PATIENCE) == 0
    assert [pid for pid, _ in groupby(done(), key=lambda tick: tick[0])] == [first.pid, second.pid]
    assert set(Counter(slot for _, slot in done()).values()) == {1}
    with database.reading() as session:
        assert len(session.exec(select(JobRun)).all()) == len(done())
        lease = session.get_one(Lease, JOBS_LEASE)
    assert lease.epoch == 2
    assert lease.expires_at.timestamp() < time.time()


def done() -> list[tuple[int, str]]:
    """Who did something, in which slot of time."""
    with database.reading() as session:
        ticks = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all()
    return [(tick.recipient_id, tick.context["slot"]) for tick in ticks]


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something, but not for ever."""
    end = time.monotonic() + processes.PATIENCE
    while not is_so():
        assert time.monotonic() < end, "this did not happen"
        time.sleep(0.05)
