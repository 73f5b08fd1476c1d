"""The scheduler: looks for work in one process at a time, whose lease another takes over when it dies."""

import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from sqlalchemy import case, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, update

from navigator import clock, database, readiness
from navigator.jobs.registry import JOBS, Job
from navigator.jobs.tables import JOBS_LEASE, Lease
from navigator.safe_logging import exception_location
from navigator.triage import model_versions, retrain_process

LEASE_LASTS = timedelta(seconds=10)
RENEW_EVERY = timedelta(seconds=3)
WATCH_EVERY = timedelta(minutes=1)
KEEP_UP_EVERY = timedelta(seconds=5)
THREADS = 4

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

log = structlog.get_logger("desk.schedule")


def run(name: str) -> int:
    """Do one job now, wherever else the jobs run; how many pieces it did. KeyError for no such job."""
    return JOBS[name].run()


def acquire_lease(session: Session, owner: str, now: datetime) -> int | None:
    """Take or renew the lease: its epoch, or None while another process holds it."""
    mine = col(Lease.owner) == owner
    until = now + LEASE_LASTS
    insert = _INSERTS[session.get_bind().dialect.name](Lease)
    taken = insert.values(name=JOBS_LEASE, owner=owner, epoch=1, expires_at=until).on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": owner, "epoch": col(Lease.epoch) + case((mine, 0), else_=1), "expires_at": until},
        where=or_(mine, col(Lease.expires_at) <= now),
    )
    epoch: int | None = session.scalar(taken.returning(Lease.epoch))
    return epoch


def release_lease(session: Session, owner: str, now: datetime) -> None:
    """End one's own lease, so that another process need not wait for it to run out."""
    session.exec(update(Lease).where(col(Lease.owner) == owner).values(expires_at=now))


class Scheduler:
    """The jobs of this process: they look for work while it holds the lease."""

    def __init__(self, jobs: Mapping[str, Job] = JOBS) -> None:
        self.jobs = jobs
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._held_until = _LONG_AGO
        self._epoch: int | None = None
        self._clockwork = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )

    def start(self) -> None:
        """Begin to look for work."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a round that lasts longer is no news
        self._every(RENEW_EVERY, "lease", self._renew)
        self._every(WATCH_EVERY, "watch", readiness.log_failures)
        self._every(KEEP_UP_EVERY, "versions", model_versions.refresh)
        for name, job in self.jobs.items():
            self._every(job.every, name, self._if_held(job.run))
        self._clockwork.start()
        _log_errors("lease", self._renew)()
        _log_errors("versions", model_versions.refresh)()

    def stop(self) -> None:
        """Finish what is being done, then let another process have the lease."""
        retrain_process.cancel()
        self._clockwork.shutdown()
        self._held_until = _LONG_AGO
        _log_errors("lease", self._let_go)()

    def _every(self, interval: timedelta, name: str, work: Callable[[], object]) -> None:
        seconds = interval.total_seconds()
        self._clockwork.add_job(_log_errors(name, work), "interval", seconds=seconds, id=name)

    def _renew(self) -> None:
        now = clock.now()
        with database.writing() as session:
            epoch = acquire_lease(session, self.owner, now)
        if epoch is not None:
            self._held_until = now + LEASE_LASTS
        if epoch != self._epoch:
            log.info("jobs run here" if epoch else "jobs run elsewhere", epoch=epoch)
        self._epoch = epoch

    def _let_go(self) -> None:
        with database.writing() as session:
            release_lease(session, self.owner, clock.now())

    def _if_held(self, work: Callable[[], object]) -> Callable[[], None]:
        def look() -> None:
            if clock.now() < self._held_until:
                work()

        return look


def _log_errors(name: str, work: Callable[[], object]) -> Callable[[], None]:
    """Work that is logged when it breaks, without words that may be somebody's, and tried again when due."""

    def look() -> None:
        try:
            work()
        except Exception as fault:
            log.error("job failed", job=name, error=exception_location(fault))

    return look


def start(jobs: Mapping[str, Job] = JOBS) -> Scheduler:
    """Run the jobs beside whatever else this process does, until `stop()`."""
    scheduler = Scheduler(jobs)
    scheduler.start()
    return scheduler


def work(jobs: Mapping[str, Job] = JOBS) -> None:
    """Run the jobs and nothing else until the process is told to end."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    scheduler = start(jobs)
    ended.wait()
    scheduler.stop()
