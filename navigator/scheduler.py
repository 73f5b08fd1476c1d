"""Scheduler of the worker: runs the jobs in one process at a time, by a lease that another can take over."""

import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

import structlog
from sqlalchemy import ColumnElement, and_, case, false, or_
from sqlmodel import Session, col, update

from navigator import clock, database, readiness
from navigator.interval_timer import IntervalTimer
from navigator.jobs import mailboxes
from navigator.jobs.registry import JOBS, Job
from navigator.jobs.tables import JOBS_LEASE, Lease
from navigator.people import audit_intake
from navigator.safe_logging import exception_location
from navigator.tickets.actions import redact
from navigator.triage import model_versions, report_vectors, retrain_process

LEASE_DURATION = timedelta(seconds=10)
RENEW_EVERY = timedelta(seconds=2)
"""Another sees the last renewal so late at most, and looks so late whether it lapsed: within 15 seconds."""
WATCH_EVERY = timedelta(minutes=1)
REFRESH_EVERY = timedelta(seconds=5)
INTAKE_EVERY = timedelta(seconds=2)
THREADS = 4

RELEASED = ""
"""The owner of a lease that was let go."""

log = structlog.get_logger("desk.schedule")


def run(name: str) -> int:
    """Run one job now, whoever holds the lease, and return how many items it did; KeyError if unknown."""
    return JOBS[name].run()


@dataclass(frozen=True)
class SeenLease:
    """A lease as a process saw it: whose it was, and the how-manieth renewal."""

    owner: str
    renewals: int


def acquire_lease(
    session: Session,
    owner: str,
    now: datetime,
    lapsed: SeenLease | None = None,
    succeeded: Mapping[str, str] | None = None,
) -> int | None:
    """Acquire or renew the scheduler lease: returns its epoch, or None while another process holds it.

    No clock of another machine is believed: it is taken from a holder who let it go, or from the one who
    has `lapsed`, because this process saw them not renew it for as long as it lasts. `succeeded` says when
    each job last went well, for whoever monitors.
    """
    is_owner = col(Lease.owner) == owner
    insert = database.insert(session, Lease)
    until = now + LEASE_DURATION
    known = {"succeeded": dict(succeeded)} if succeeded else {}
    first = {"name": JOBS_LEASE, "owner": owner, "epoch": 1, "expires_at": until, **known}
    upsert = insert.values(first).on_conflict_do_update(
        index_elements=["name"],
        set_={
            "owner": owner,
            "epoch": col(Lease.epoch) + case((is_owner, 0), else_=1),
            "renewals": col(Lease.renewals) + 1,
            "expires_at": until,
            **known,
        },
        where=or_(is_owner, col(Lease.owner) == RELEASED, _is(lapsed) if lapsed else false()),
    )
    epoch: int | None = session.scalar(upsert.returning(Lease.epoch))
    return epoch


def _is(seen: SeenLease) -> ColumnElement[bool]:
    return and_(col(Lease.owner) == seen.owner, col(Lease.renewals) == seen.renewals)


def release_lease(session: Session, owner: str, now: datetime) -> None:
    """Release one's own lease, so that another process need not wait until it has lapsed."""
    let_go = update(Lease).where(col(Lease.owner) == owner)
    session.exec(let_go.values(owner=RELEASED, expires_at=now))


class Scheduler:
    """The scheduler of this process: its jobs run while it holds the lease."""

    def __init__(self, jobs: Mapping[str, Job] = JOBS) -> None:
        self.jobs = jobs
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._held_until = 0.0
        self._epoch: int | None = None
        self._seen: SeenLease | None = None
        self._seen_since = 0.0
        self._succeeded: dict[str, str] = {}
        self._timer = IntervalTimer(THREADS)

    def start(self) -> None:
        """Start the timers."""
        self._every(RENEW_EVERY, "lease", self._renew)
        self._every(RENEW_EVERY, "clock", clock.look_for_jump)
        self._every(WATCH_EVERY, "watch", readiness.log_failures)
        self._every(INTAKE_EVERY, "audit intake", audit_intake.take_spool)
        self._every(REFRESH_EVERY, "versions", model_versions.refresh)
        self._every(REFRESH_EVERY, "corrections", report_vectors.refresh)
        self._every(REFRESH_EVERY, "redactions", redact.refresh)
        for name, job in self.jobs.items():
            self._every(job.every, name, self._if_held(name, job.run))
        clock.look_for_jump()
        self._timer.start()
        _log_errors("lease", self._renew)()
        _log_errors("versions", model_versions.refresh)()
        _log_errors("corrections", report_vectors.refresh)()

    def stop(self) -> None:
        """Finish running jobs, then release the lease."""
        retrain_process.cancel()
        self._timer.stop()
        mailboxes.stop()
        _log_errors("audit intake", audit_intake.take_spool)()
        self._held_until = 0.0
        _log_errors("lease", self._release)()

    def _every(self, interval: timedelta, name: str, work: Callable[[], object]) -> None:
        self._timer.every(interval.total_seconds(), _log_errors(name, work))

    def _renew(self) -> None:
        began, lasts = monotonic(), LEASE_DURATION.total_seconds()
        lapsed = self._seen if self._seen and began >= self._seen_since + lasts else None
        with readiness.watching_writes(), database.writing() as session:
            epoch = acquire_lease(session, self.owner, clock.now(), lapsed, dict(self._succeeded))
            if epoch is None:
                self._look_at(session.get_one(Lease, JOBS_LEASE))
        self._held_until = 0.0 if epoch is None else began + lasts
        if epoch != self._epoch:
            log.info("jobs run here" if epoch else "jobs run elsewhere", epoch=epoch)
        self._epoch = epoch

    def _look_at(self, lease: Lease) -> None:
        self._succeeded = _latest(self._succeeded, lease.succeeded)
        seen = SeenLease(lease.owner, lease.renewals)
        if seen != self._seen:
            # Not since this process began to wait for the database: the holder may have renewed meanwhile.
            self._seen, self._seen_since = seen, monotonic()

    def _release(self) -> None:
        with database.writing() as session:
            release_lease(session, self.owner, clock.now())

    def _if_held(self, name: str, work: Callable[[], object]) -> Callable[[], None]:
        def run_if_held() -> None:
            if monotonic() < self._held_until:
                work()
                self._succeeded[name] = clock.now().isoformat()

        return run_if_held


def _latest(own: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """When each job last went well, wherever that was."""
    return {name: max(own.get(name, ""), others.get(name, "")) for name in {*own, *others}}


def _log_errors(name: str, work: Callable[[], object]) -> Callable[[], None]:
    """Log exceptions without their text, which may be personal data; the job is tried again when due."""

    def run_logged() -> None:
        try:
            work()
        except Exception as error:
            log.error("job failed", job=name, error=exception_location(error))

    return run_logged


def start(jobs: Mapping[str, Job] = JOBS) -> Scheduler:
    """Start the scheduler in threads of this process, until `stop()`."""
    scheduler = Scheduler(jobs)
    scheduler.start()
    return scheduler


def work(jobs: Mapping[str, Job] = JOBS) -> None:
    """Run as a worker process, with the scheduler alone, until SIGTERM or SIGINT."""
    stop_requested = Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stop_requested.set())
    scheduler = start(jobs)
    stop_requested.wait()
    scheduler.stop()
