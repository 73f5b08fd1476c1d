"""Readiness checks: database, scheduler, outbox and clinical reviews, which must not fail in silence."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import case, func, or_
from sqlmodel import Session, col, not_, select

import migrations
from navigator import clock, database, standby
from navigator.attachments import limits, virus_check
from navigator.backup import state as backup_state
from navigator.catalogue.service import Service
from navigator.dates_in_words import length, when
from navigator.jobs.tables import JOBS_LEASE, Lease
from navigator.mail_in import watch as mail_watch
from navigator.outbox import delivery
from navigator.outbox.outbox_message import DeliveryChannel, OutboxMessage, Recipient
from navigator.settings import Settings, settings
from navigator.tickets.ticket import ClinicalReview

HEARTBEAT = timedelta(seconds=30)
"""How long the scheduler lease may be expired: a takeover needs less."""

MAX_DELAY = timedelta(minutes=10)
"""How long a message may wait, or an alert be late."""

JUMP_IS_SHOWN_FOR = timedelta(hours=1)
"""How long it is shown that the clock was set."""

SHOWN_FOR = timedelta(days=7)
"""How long a message to staff that could not be delivered is shown."""

_ADDRESSES_OF_DESK = (Recipient.USER, Recipient.CONTACT, Recipient.SUPPLIER)
"""Whose addresses the desk was set up with; what a patient or a stranger typed is no concern of all staff."""

CACHE_DURATION = timedelta(minutes=2)
"""Longer than the scheduler's interval: where one runs, no page needs to check for itself."""

FAILURES = 2
"""Renewals of the scheduler's lease that fail before it is said: one may have met a busy moment."""
NOTHING_IS_SAVED = "Nothing can be saved: the disk is full, or the database takes no changes."

_LOOK = "Look whether the time is right, and at tickets and clinical reviews of that time."

log = structlog.get_logger("desk.readiness")


@dataclass(frozen=True)
class Check:
    """One readiness check; `message` says what is wrong, and is empty when nothing is."""

    name: str
    message: str

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.message


class _Writes:
    """How often in a row this process could not write."""

    failed = 0


@contextmanager
def watching_writes() -> Iterator[None]:
    """Remember whether what is written within could be: reading alone goes on with a disk that is full.

    When that changes, the banner is made anew at once.
    """
    before = _Writes.failed
    try:
        yield
    except Exception:
        _Writes.failed = before + 1
        raise
    else:
        _Writes.failed = 0
    finally:
        if max(before, _Writes.failed) >= FAILURES > min(before, _Writes.failed):
            _Cache.checked_at = None


class _Cache:
    """The last checks of this process, and the settings under which they ran."""

    checked_at: datetime | None = None
    settings: Settings | None = None
    checks: Sequence[Check] = ()


def cached_checks() -> Sequence[Check]:
    """All checks, at most two minutes old: for the banner on every staff page."""
    is_fresh = (
        _Cache.settings is settings()
        and _Cache.checked_at
        and _Cache.checked_at <= clock.now() < _Cache.checked_at + CACHE_DURATION
    )
    return _Cache.checks if is_fresh else run_checks()


def run_checks() -> Sequence[Check]:
    """Run all checks now."""
    try:
        with database.reading() as session:
            saving = Check("saving", NOTHING_IS_SAVED if _Writes.failed >= FAILURES else "")
            checks = [Check("database", ""), saving, *database_checks(session, clock.now())]
    except database.STORAGE_DOWN:
        checks = [Check("database", "The database does not answer.")]
    _Cache.checked_at, _Cache.settings, _Cache.checks = clock.now(), settings(), checks
    return checks


def database_checks(session: Session, now: datetime) -> list[Check]:
    """The checks of a database that answers; if its migrations are behind, only this one."""
    if not migrations.is_at_head(session.connection()):
        return [Check("migrations", "The database is not up to date: run navigator migrate.")]
    return [Check("migrations", ""), *(Check(name, check(session, now)) for name, check in _CHECKS.items())]


def log_failures() -> None:
    """Run all checks, and log failures at error level."""
    if failed := [check for check in run_checks() if not check.ok]:
        log.error("not ready", **{check.name: check.message for check in failed})


def _scheduler(session: Session, now: datetime) -> str:
    lease = session.get(Lease, JOBS_LEASE)
    if lease is None:
        return "Messages and alerts have not begun to be sent: no scheduler has run."
    if lease.expires_at > now - HEARTBEAT:
        return ""
    return f"No messages or alerts have been sent since {when(lease.expires_at)}: the scheduler has stopped."


def _clock(session: Session, now: datetime) -> str:
    """Whether this clock was set a while ago, or another machine's stands ahead of it."""
    lease, jump = session.get(Lease, JOBS_LEASE), clock.last_jump()
    if lease and lease.expires_at > now + HEARTBEAT:
        return f"A clock is wrong, or was: jobs ran at {when(lease.expires_at)}, which is to come. {_LOOK}"
    if jump and abs(now - jump.seen_at) < JUMP_IS_SHOWN_FOR:
        way = "forward" if jump.by > timedelta(0) else "back"
        return f"The clock was set {way} by {length(abs(jump.by))}, to {when(jump.seen_at)}. {_LOOK}"
    return ""


def _outbox(session: Session, now: datetime) -> str:
    # What was not tried yet may wait for its hour: for the end of quiet hours, or the daily mail.
    due_at = case(
        (col(OutboxMessage.attempts) == 0, col(OutboxMessage.send_at)), else_=OutboxMessage.queued_at
    )
    waiting = select(func.min(due_at)).where(
        col(OutboxMessage.sent_at).is_(None), col(OutboxMessage.failed_at).is_(None)
    )
    oldest = session.scalar(waiting)
    if oldest is None or oldest >= now - MAX_DELAY:
        return ""
    return f"Messages have waited to be sent since {when(oldest)}."


def _failed_messages(session: Session, now: datetime) -> str:
    is_of_desk = col(OutboxMessage.recipient).in_(_ADDRESSES_OF_DESK)
    to_staff = (col(OutboxMessage.sent_at).is_(None), is_of_desk)
    count = session.scalar(
        select(func.count())
        .select_from(OutboxMessage)
        .where(*to_staff, col(OutboxMessage.failed_at) > now - SHOWN_FOR)
    )
    if not count:
        return ""
    return f"Messages to staff or suppliers that could not be delivered: {count}. Check their addresses."


def _no_mail(session: Session, _: datetime) -> str:
    """Whether a service for real people has no mail server: its clinicians are not alerted."""
    if delivery.leaves(DeliveryChannel.EMAIL):
        return ""
    is_real = select(Service.id).where(not_(Service.is_demonstration)).limit(1)
    return delivery.NO_MAIL if session.exec(is_real).first() else ""


def _unread_reviews(session: Session, now: datetime) -> str:
    next_at = col(ClinicalReview.next_alert_at)
    unread = (
        col(ClinicalReview.acknowledged_at).is_(None),
        or_(next_at.is_(None), next_at < now - MAX_DELAY),
    )
    count = session.scalar(select(func.count()).select_from(ClinicalReview).where(*unread))
    messages = f"{count} message{'s' if count != 1 else ''}"
    return f"Nobody has read in time what a clinician must read: {messages}." if count else ""


def _attachments(session: Session, _: datetime) -> str:
    """Whether there is space for pictures, and the virus check answers that is set."""
    if settings().clamav_socket and not virus_check.answers():
        return "The virus check does not answer: pictures and PDFs are taken without it, and say so."
    if not limits.has_space(session):
        return "There is no space for more pictures and PDFs: NAVIGATOR_ATTACHMENT_SPACE says how much."
    return ""


_CHECKS: dict[str, Callable[[Session, datetime], str]] = {
    "scheduler": _scheduler,
    "clock": _clock,
    "outbox": _outbox,
    "refused": _failed_messages,
    "mail": _no_mail,
    "hand_overs": _unread_reviews,
    "attachments": _attachments,
    "backup": backup_state.what_is_wrong,
    "standby": lambda _session, _now: standby.what_is_wrong(),
    "mail_in": mail_watch.what_is_wrong,
}
