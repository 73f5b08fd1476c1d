"""The scheduler's lease: one holder at a time, and the next one when it lapses."""

from datetime import timedelta

from sqlmodel import Session

from navigator import clock, database
from navigator.jobs.tables import JOBS_LEASE, Lease
from navigator.scheduler import LEASE_DURATION, RENEW_EVERY, Scheduler, acquire_lease, release_lease


def test_one_process_at_a_time_holds_the_lease(session: Session):
    now = clock.now()
    assert acquire_lease(session, "one", now) == 1
    assert acquire_lease(session, "two", now) is None
    almost = now + LEASE_DURATION - timedelta(seconds=1)
    assert acquire_lease(session, "one", almost) == 1
    assert acquire_lease(session, "two", now + LEASE_DURATION) is None
    assert acquire_lease(session, "two", almost + LEASE_DURATION) == 2
    assert acquire_lease(session, "one", almost + LEASE_DURATION) is None
    assert acquire_lease(session, "one", almost + 2 * LEASE_DURATION) == 3


def test_a_lease_that_is_let_go_is_free_at_once(session: Session):
    now = clock.now()
    acquire_lease(session, "one", now)
    release_lease(session, "two", now)
    assert acquire_lease(session, "two", now) is None
    release_lease(session, "one", now)
    assert acquire_lease(session, "two", now) == 2


def test_a_lease_outlives_two_renewals_that_fail():
    assert LEASE_DURATION > 3 * RENEW_EVERY


def test_a_scheduler_holds_the_lease_while_it_runs(committing: str):
    first, second = Scheduler(), Scheduler()
    first.start()
    second.start()
    assert _lease().owner == first.owner
    second.stop()
    assert _lease().expires_at == clock.now() + LEASE_DURATION
    first.stop()
    assert _lease().expires_at == clock.now()


def _lease() -> Lease:
    with database.reading() as session:
        return session.get_one(Lease, JOBS_LEASE)
