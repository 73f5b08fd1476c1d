"""Monitoring: what is measured of the desk as a whole, from the database; numbers alone, and of nobody."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from navigator import clock, database, readiness
from navigator.jobs.registry import JOBS
from navigator.jobs.tables import JOBS_LEASE, Lease
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.audit_log import AuditEntry
from navigator.tickets.ticket import LIVE, ClinicalReview, Ticket
from navigator.triage import model_versions


@dataclass(frozen=True)
class Gauge:
    """One figure by name, with what it means; `values` are by the value of its one label, or by ""."""

    name: str
    help: str
    values: Mapping[str, float]
    label: str = ""


@dataclass
class _Kept:
    """The last figures of this process, so that whoever asks without a pause is no load."""

    at: datetime | None = None
    gauges: list[Gauge] = field(default_factory=list)


_kept = _Kept()
SECONDS_KEPT = 5


def gauges() -> list[Gauge]:
    """All figures, at most some seconds old; of a database that does not answer, that it does not."""
    now = clock.now()
    if _kept.at is None or not 0 <= (now - _kept.at).total_seconds() < SECONDS_KEPT:
        _kept.gauges, _kept.at = [*_gauges(now)], now
    return _kept.gauges


def _gauges(now: datetime) -> Iterator[Gauge]:
    checks = {check.name: float(check.ok) for check in readiness.run_checks()}
    yield Gauge("navigator_ready", "1: this check of /readyz is well", checks, "check")
    if checks == {"database": 0.0}:
        return
    with database.reading() as session:
        yield from _of_tickets(session, now)
        yield from _of_messages(session, now)
        yield from _of_jobs(session)


def _of_tickets(session: Session, now: datetime) -> Iterator[Gauge]:
    is_live = col(Ticket.status).in_(LIVE)
    rows = session.exec(select(Ticket.status, func.count()).where(is_live).group_by(Ticket.status)).all()
    by_status = dict.fromkeys(sorted(LIVE), 0.0) | {status: float(count) for status, count in rows}
    yield Gauge("navigator_tickets", "Tickets that are not over, by status", by_status, "status")
    late = select(func.count()).select_from(Ticket).where(is_live, col(Ticket.due_at) < now)
    yield _one(
        "navigator_tickets_late", "Tickets past the moment by which they are due", session.scalar(late)
    )
    unread = col(ClinicalReview.acknowledged_at).is_(None)
    query = select(func.count(), func.min(ClinicalReview.opened_at)).where(unread)
    count, oldest = session.exec(query).one()
    words = "Clinical reviews that nobody has read"
    yield _one("navigator_clinical_reviews_unread", words, count)
    yield _age("navigator_clinical_review_oldest_unread_seconds", "Age of the oldest of them", oldest, now)


def _of_messages(session: Session, now: datetime) -> Iterator[Gauge]:
    waits = col(OutboxMessage.sent_at).is_(None) & col(OutboxMessage.failed_at).is_(None)
    waits &= (col(OutboxMessage.attempts) > 0) | (col(OutboxMessage.send_at) <= now)
    count, oldest = session.exec(select(func.count(), func.min(OutboxMessage.queued_at)).where(waits)).one()
    yield _one("navigator_outbox_waiting", "Messages that wait to be sent", count)
    yield _age("navigator_outbox_oldest_seconds", "Age of the oldest message that waits", oldest, now)
    failed = select(func.count()).select_from(OutboxMessage).where(col(OutboxMessage.failed_at).is_not(None))
    yield _one("navigator_outbox_failed", "Messages that were given up", session.scalar(failed))
    unsealed = select(func.count()).select_from(AuditEntry).where(col(AuditEntry.position).is_(None))
    yield _one("navigator_audit_unsealed", "Audit entries that wait to be sealed", session.scalar(unsealed))


def _of_jobs(session: Session) -> Iterator[Gauge]:
    lease = session.get(Lease, JOBS_LEASE)
    renewed = lease.expires_at.timestamp() if lease else 0.0
    words = "Until when the scheduler has the lease of jobs, as a time"
    yield _one("navigator_scheduler_lease_until_seconds", words, renewed)
    succeeded = lease.succeeded if lease else {}
    times = {name: _timestamp(succeeded.get(name)) for name in JOBS}
    yield Gauge("navigator_job_last_success_seconds", "When a job last went well; 0: never", times, "job")
    version = str(model_versions.version_in_use(session).version)
    yield Gauge(
        "navigator_model_info", "The version of the learned model that suggests", {version: 1.0}, "version"
    )


def _timestamp(at: str | None) -> float:
    return datetime.fromisoformat(at).timestamp() if at else 0.0


def _one(name: str, words: str, value: Any) -> Gauge:
    return Gauge(name, words, {"": float(value or 0)})


def _age(name: str, words: str, since: datetime | None, now: datetime) -> Gauge:
    return _one(name, f"{words}, in seconds", max(0.0, (now - since).total_seconds()) if since else 0.0)
