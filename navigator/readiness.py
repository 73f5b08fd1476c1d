"""Whether the desk can be relied on now, and what is wrong in words: what must not fail in silence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, or_
from sqlmodel import Session, col, select

import migrations
from navigator import clock, database
from navigator.dates_in_words import when
from navigator.jobs.tables import JOBS_LEASE, Lease
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.settings import Settings, settings
from navigator.tickets.ticket import ClinicalReview

HEARTBEAT = timedelta(seconds=30)
"""How long the jobs may stand still: a takeover needs less."""

PATIENCE = timedelta(minutes=10)
"""How long a letter may wait, or an alert be late."""

SHOWN_FOR = timedelta(days=7)
"""How long a letter to staff that could not be delivered is shown."""

KEPT_FOR = timedelta(minutes=2)
"""Longer than a watch takes to come round: where one runs, no page needs to look for itself."""

log = structlog.get_logger("desk.readiness")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `words` say what is wrong, and are empty when nothing is."""

    name: str
    words: str

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.words


class _Seen:
    """What this process saw last, and under which settings."""

    at: datetime | None = None
    desk: Settings | None = None
    checks: Sequence[Check] = ()


def cached_checks() -> Sequence[Check]:
    """All checks, at most two minutes old: for what stands on every staff page."""
    is_fresh = _Seen.desk is settings() and _Seen.at and _Seen.at <= clock.now() < _Seen.at + KEPT_FOR
    return _Seen.checks if is_fresh else run_checks()


def run_checks() -> Sequence[Check]:
    """All checks, made now."""
    try:
        with database.reading() as session:
            checks = [Check("database", ""), *database_checks(session, clock.now())]
    except database.STORAGE_DOWN:
        checks = [Check("database", "The database does not answer.")]
    _Seen.at, _Seen.desk, _Seen.checks = clock.now(), settings(), checks
    return checks


def database_checks(session: Session, now: datetime) -> list[Check]:
    """All checks of a database that answers; of one that is not up to date there is no more to say."""
    if not migrations.is_at_head(session.connection()):
        return [Check("migrations", "The database is not up to date: run navigator migrate.")]
    return [Check("migrations", ""), *(Check(name, check(session, now)) for name, check in _CHECKS.items())]


def log_failures() -> None:
    """Look, and write down at error level what is wrong."""
    if wrong := [check for check in run_checks() if not check.ok]:
        log.error("not ready", **{check.name: check.words for check in wrong})


def _scheduler(session: Session, now: datetime) -> str:
    lease = session.get(Lease, JOBS_LEASE)
    if lease is None:
        return "Letters and alerts have not begun to be sent: no scheduler has run."
    if lease.expires_at > now - HEARTBEAT:
        return ""
    return f"No letters or alerts have been sent since {when(lease.expires_at)}: the scheduler has stopped."


def _outbox(session: Session, now: datetime) -> str:
    waiting = select(func.min(OutboxMessage.queued_at)).where(
        col(OutboxMessage.sent_at).is_(None), col(OutboxMessage.failed_at).is_(None)
    )
    oldest = session.scalar(waiting)
    return (
        f"Letters have waited to be sent since {when(oldest)}." if oldest and oldest < now - PATIENCE else ""
    )


def _refused(session: Session, now: datetime) -> str:
    to_staff = (col(OutboxMessage.sent_at).is_(None), OutboxMessage.recipient != Recipient.REPORTER)
    count = session.scalar(
        select(func.count())
        .select_from(OutboxMessage)
        .where(*to_staff, col(OutboxMessage.failed_at) > now - SHOWN_FOR)
    )
    return f"Letters to staff that could not be delivered: {count}. Check their addresses." if count else ""


def _hand_overs(session: Session, now: datetime) -> str:
    next_at = col(ClinicalReview.next_alert_at)
    unread = (col(ClinicalReview.acknowledged_at).is_(None), or_(next_at.is_(None), next_at < now - PATIENCE))
    count = session.scalar(select(func.count()).select_from(ClinicalReview).where(*unread))
    return f"Messages that a clinician must read, and nobody has read in time: {count}." if count else ""


_CHECKS: dict[str, Callable[[Session, datetime], str]] = {
    "scheduler": _scheduler,
    "outbox": _outbox,
    "refused": _refused,
    "hand_overs": _hand_overs,
}
