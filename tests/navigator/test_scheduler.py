"""The scheduler's lease: one holder at a time, and the next when nobody renews it, whatever clocks show."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from threading import Event
from time import monotonic, sleep

import pytest
from apscheduler.schedulers import base  # type: ignore[import-untyped]
from apscheduler.triggers import interval  # type: ignore[import-untyped]
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from navigator import clock, database, interval_timer, readiness, scheduler
from navigator.interval_timer import IntervalTimer
from navigator.jobs.registry import Job
from navigator.jobs.tables import JOBS_LEASE, Lease
from navigator.scheduler import (
    LEASE_DURATION,
    RENEW_EVERY,
    Scheduler,
    SeenLease,
    acquire_lease,
    release_lease,
)
from tests.clocks import Hands, moving

DAY = timedelta(days=1)


def test_one_process_at_a_time_holds_the_lease(session: Session):
    """11.F5: whoever was seen not to renew has lost it, whenever that was by any clock."""
    now = clock.now()
    assert acquire_lease(session, "one", now) == 1
    seen = look(session)
    assert acquire_lease(session, "two", now + DAY) is None
    assert acquire_lease(session, "one", now - DAY) == 1
    assert acquire_lease(session, "two", now, seen) is None
    seen = look(session)
    assert acquire_lease(session, "two", now - DAY, seen) == 2
    assert acquire_lease(session, "three", now, seen) is None
    assert acquire_lease(session, "one", now) is None
    assert acquire_lease(session, "one", now, look(session)) == 3


def look(session: Session) -> SeenLease:
    session.expire_all()
    lease = session.get_one(Lease, JOBS_LEASE)
    return SeenLease(lease.owner, lease.renewals)


def test_a_lease_that_is_let_go_is_free_at_once(session: Session):
    now = clock.now()
    acquire_lease(session, "one", now)
    release_lease(session, "two", now)
    assert acquire_lease(session, "two", now) is None
    release_lease(session, "one", now)
    assert acquire_lease(session, "two", now) == 2


def test_a_lease_outlives_two_renewals_that_fail():
    assert LEASE_DURATION > 3 * RENEW_EVERY


def test_another_takes_over_within_fifteen_seconds_at_the_worst():
    """It sees the last renewal one look late, and that it has lapsed one look late."""
    slowest = LEASE_DURATION + 2 * RENEW_EVERY
    assert slowest.total_seconds() < 15


def test_a_scheduler_holds_the_lease_while_it_runs(committing: str):
    first, second = Scheduler({}), Scheduler({})
    first.start()
    second.start()
    assert _lease().owner == first.owner
    second.stop()
    assert _lease().owner == first.owner
    first.stop()
    assert _lease().owner == scheduler.RELEASED


def test_that_nothing_can_be_saved_is_said_from_the_second_time(committing: str):
    """On a full disk it said for forty seconds that it was ready, then that its scheduler had stopped."""
    desk = Scheduler({})
    desk._renew()
    _take_changes(committing, takes=False)
    for said in ("", readiness.NOTHING_IS_SAVED):
        with pytest.raises(DBAPIError):
            desk._renew()
        assert _saving() == said
    _take_changes(committing, takes=True)
    desk._renew()
    assert _saving() == ""


def _take_changes(url: str, *, takes: bool) -> None:
    """Whether the one connection on which this process writes takes changes."""
    order = (
        f"PRAGMA query_only = {int(not takes)}"
        if url.startswith("sqlite")
        else f"SET default_transaction_read_only = {'off' if takes else 'on'}"
    )
    engine = database._Bound.write
    assert isinstance(engine, Engine)
    with closing(engine.raw_connection()) as connection:  # SQLite begins no transaction then
        connection.cursor().execute(order)
        connection.commit()


def _saving() -> str:
    (said,) = [check.message for check in readiness.cached_checks() if check.name == "saving"]
    return said


def _lease() -> Lease:
    with database.reading() as session:
        return session.get_one(Lease, JOBS_LEASE)


@pytest.fixture
def _quickly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "LEASE_DURATION": 0.6,
        "RENEW_EVERY": 0.1,
        "WATCH_EVERY": 600,
        "REFRESH_EVERY": 600,
    }.items():
        monkeypatch.setattr(scheduler, name, timedelta(seconds=value))
    yield
    clock.forget_looks()


@pytest.mark.usefixtures("_quickly")
@pytest.mark.parametrize("ahead", [DAY, -DAY])
def test_after_a_clock_stood_wrong_the_jobs_go_on(committing: str, moment: datetime, ahead: timedelta):
    """11.F5: one process goes on when its clock is put right, and another takes over one that died then."""
    runs, died = list[datetime](), Event()

    def run() -> int:
        if not died.is_set():
            runs.append(clock.now())
        return 1

    first, second = (Scheduler({"one": Job(run, timedelta(seconds=0.1))}) for _ in range(2))
    with moving(moment + ahead, ticks=False):
        first.start()
        wait_for(lambda: len(runs) > 1)
        clock.set_to(moment)
        until_now = len(runs)
        wait_for(lambda: len(runs) > until_now + 1)
        clock.set_to(moment + ahead)
        wait_for(lambda: abs(_lease().expires_at - moment - ahead) < timedelta(minutes=10))
        died.set()
        first._timer.stop()  # it is killed, and releases nothing
        clock.set_to(moment)
        died.clear()
        until_now = len(runs)
        second.start()
        wait_for(lambda: len(runs) > until_now)
        second.stop()


def test_a_lease_is_not_taken_while_its_holder_still_goes_by_it(
    committing: str, monkeypatch: pytest.MonkeyPatch
):
    """However long a process waits to look at it: what it saw was renewed while it waited."""
    time = [0.0]
    monkeypatch.setattr(scheduler, "monotonic", lambda: time[0])
    holder, other = Scheduler({}), Scheduler({})
    acquire = scheduler.acquire_lease

    def wait_and_acquire(session: Session, owner: str, *rest: object) -> int | None:
        if owner == other.owner and time[0] == 0:
            time[0] = 2.0
            session.connection().exec_driver_sql("UPDATE lease SET renewals = renewals + 1")
        return acquire(session, owner, *rest)  # type: ignore[arg-type]

    holder._renew()
    monkeypatch.setattr(scheduler, "acquire_lease", wait_and_acquire)
    other._renew()
    holder._held_until = 2.0 + LEASE_DURATION.total_seconds()  # it renewed meanwhile
    time[0] = holder._held_until - 1
    other._renew()
    assert _lease().owner == holder.owner
    time[0] = holder._held_until
    other._renew()
    assert _lease().owner == other.owner


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = monotonic() + seconds
    while not is_so():
        assert monotonic() < end, "this did not happen"
        sleep(0.02)


def test_a_jump_of_the_clock_is_noticed(moment: datetime):
    """11.F5."""
    clock.forget_looks()
    clock.look_for_jump()
    clock.set_to(moment + timedelta(seconds=9))
    clock.look_for_jump()
    assert clock.last_jump() is None
    clock.set_to(moment + timedelta(hours=2))
    clock.look_for_jump()
    forward = clock.last_jump()
    assert forward is not None
    assert forward.by > timedelta(hours=1, minutes=59)
    clock.set_to(moment)
    clock.look_for_jump()
    back = clock.last_jump()
    assert back is not None
    assert back.by < -timedelta(hours=1, minutes=59)
    clock.forget_looks()


def test_work_is_never_done_beside_itself():
    begun, may_end = list[float](), Event()

    def work() -> None:
        begun.append(monotonic())
        may_end.wait(60)

    timer = IntervalTimer(2)
    timer.every(0.05, work)
    timer.start()
    wait_for(lambda: len(begun) > 0)
    sleep(0.5)
    assert len(begun) == 1
    may_end.set()
    wait_for(lambda: len(begun) > 3)
    timer.stop()
    at_the_end = len(begun)
    sleep(0.2)
    assert len(begun) == at_the_end


@pytest.mark.parametrize("ahead", [DAY, -DAY])
def test_work_goes_on_when_the_clock_of_the_machine_is_set(
    monkeypatch: pytest.MonkeyPatch, moment: datetime, ahead: timedelta
):
    """11.F5: APScheduler goes by that clock, and would wait for as long as it was set back."""
    hands, begun = Hands(moment + ahead, ticks=False), list[float]()
    for module in (base, interval, clock):
        monkeypatch.setattr(module, "datetime", hands)
    monkeypatch.setattr(interval_timer, "LOOK_EVERY_SECONDS", 0.1)
    timer = IntervalTimer(2)
    timer.every(0.05, lambda: begun.append(monotonic()))
    timer.start()
    wait_for(lambda: len(begun) > 1)
    hands.set_to(moment)
    until_now = len(begun)
    wait_for(lambda: len(begun) > until_now + 2)
    timer.stop()
