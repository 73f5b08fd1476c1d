"""What has run out and need not be kept: log-ins, links and counts."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from navigator.people.one_time_token import OneTimeToken
from navigator.people.rate_limit import RateLimitCounter
from navigator.people.reporter import ReporterLink
from navigator.people.user_session import UserSession

RATE_LIMIT_COUNTERS_LAST = timedelta(days=2)
"""Longer than the window of any limit."""


def delete_expired(session: Session, now: datetime) -> None:
    """Delete what has run out by now; nothing that still opens a door."""
    for table in (UserSession, OneTimeToken, ReporterLink):
        session.exec(delete(table).where(col(table.expires_at) < now))
    session.exec(
        delete(RateLimitCounter).where(col(RateLimitCounter.window_at) < now - RATE_LIMIT_COUNTERS_LAST)
    )
