"""What has run out and need not be kept: log-ins, links and counts."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from navigator.people.one_time_token import OneUseLink
from navigator.people.rate_limit import Throttle
from navigator.people.reporter import ReporterLink
from navigator.people.user_session import LogIn

COUNTS_LAST = timedelta(days=2)
"""Longer than the window of any limit."""


def clear(session: Session, now: datetime) -> None:
    """Delete what has run out by now; nothing that still opens a door."""
    for table in (LogIn, OneUseLink, ReporterLink):
        session.exec(delete(table).where(col(table.expires_at) < now))
    session.exec(delete(Throttle).where(col(Throttle.window_at) < now - COUNTS_LAST))
