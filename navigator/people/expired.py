"""Retention: deletes expired sessions, half log-ins, one-time tokens, private links, rate limit counters."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from navigator.people import ended_sessions
from navigator.people.factor_tables import HalfLogin, PasskeyChallenge
from navigator.people.one_time_token import OneTimeToken
from navigator.people.rate_limit import RateLimitCounter
from navigator.people.reporter import ReporterLink

RATE_LIMIT_RETENTION = timedelta(days=2)
"""Longer than the window of any limit."""


def delete_expired(session: Session, now: datetime) -> None:
    """Delete sessions, tokens and links that have expired, and counters of past windows."""
    ended_sessions.end_expired(session, now)
    for table in (HalfLogin, PasskeyChallenge, OneTimeToken, ReporterLink):
        session.exec(delete(table).where(col(table.expires_at) < now))
    session.exec(delete(RateLimitCounter).where(col(RateLimitCounter.window_at) < now - RATE_LIMIT_RETENTION))
