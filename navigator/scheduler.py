"""Scheduler of the worker: runs the jobs in one process at a time, by a lease that another can take over."""

import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Event

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from sqlalchemy import case, or_
from sqlmodel import Session, col, update

from navigator import clock, database, readiness
from navigator.jobs.registry import JOBS, Job
from navigator.jobs.tables import JOBS_LEASE, Lease
from navigator.safe_logging import exception_location
from navigator.triage import model_versions, retrain_process

LEASE_DURATION = timedelta(seconds=10)
RENEW_EVERY = timedelta(seconds=3)
WATCH_EVERY = timedelta(minutes=1)
REFRESH_EVERY = timedelta(seconds=5)
THREADS = 4

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

log = structlog.get_logger("desk.schedule")


def run(name: str) -> int:
    """Run one job now, whoever holds the lease, and return how many items it did; KeyError if unknown."""
    return JOBS[name].run()


def acquire_lease(session: Session, owner: str, now: datetime) -> int | None:
    """Acquire or renew the scheduler lease: returns its epoch, or None while another process holds it."""
    is_owner = col(Lease.owner) == owner
    until = now + LEASE_DURATION
    insert = database.insert(session, Lease)
    upsert = insert.values(name=JOBS_LEASE, owner=owner, epoch=1, expires_at=until).on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": owner, "epoch": col(Lease.epoch) + case((is_owner, 0), else_=1), "expires_at": until},
        where=or_(is_owner, col(Lease.expires_at) <= now),
    )
    epoch: int | None = session.scalar(upsert.returning(Lease.epoch))
    return epoch


def release_lease(session: Session, owner: str, now: datetime) -> None:
    """Release one's own lease, so that another process need not wait for it to expire."""
    session.exec(update(Lease).where(col(Lease.owner) == owner).values(expires_at=now))


class Scheduler:
    """The scheduler of this process: its jobs run while it holds the lease."""

    def __init__(self, jobs: Mapping[str, Job] = JOBS) -> None:
        self.jobs = jobs
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._lease_until = _LONG_AGO
        self._epoch: int | None = None
        self._timer = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )

    def start(self) -> None:
        """Start the timers."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a run longer than its interval is no news
        self._every(RENEW_EVERY, "lease", self._renew)
        self._every(WATCH_EVERY, "watch", readiness.log_failures)
        self._every(REFRESH_EVERY, "versions", model_versions.refresh)
        for name, job in self.jobs.items():
            self._every(job.every, name, self._if_held(job.run))
        self._timer.start()
        _log_errors("lease", self._renew)()
        _log_errors("versions", model_versions.refresh)()

    def stop(self) -> None:
        """Finish running jobs, then release the lease."""
        retrain_process.cancel()
        self._timer.shutdown()
        self._lease_until = _LONG_AGO
        _log_errors("lease", self._release)()

    def _every(self, interval: timedelta, name: str, work: Callable[[], object]) -> None:
        seconds = interval.total_seconds()
        self._timer.add_job(_log_errors(name, work), "interval", seconds=seconds, id=name)

    def _renew(self) -> None:
        now = clock.now()
        with database.writing() as session:
            epoch = acquire_lease(session, self.owner, now)
        if epoch is not None:
            self._lease_until = now + LEASE_DURATION
        if epoch != self._epoch:
            log.info("jobs run here" if epoch else "jobs run elsewhere", epoch=epoch)
        self._epoch = epoch

    def _release(self) -> None:
        with database.writing() as session:
            release_lease(session, self.owner, clock.now())

    def _if_held(self, work: Callable[[], object]) -> Callable[[], None]:
        def run_if_held() -> None:
            if clock.now() < self._lease_until:
                work()

        return run_if_held


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
