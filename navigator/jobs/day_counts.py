"""Keeps the counts of reports by day, for the managers’ report."""

from navigator import database
from navigator.insight.day_counts import days_to_count, forget_if_ahead, keep_counts

DAYS_AT_ONCE = 400
"""So many days a run, each in a transaction of its own: years of before are counted in a few."""


def count_days() -> int:
    """Count the days that are over and not counted, or have changed since; it returns how many."""
    with database.writing() as session:
        forget_if_ahead(session)
    with database.reading() as session:
        days = days_to_count(session)[:DAYS_AT_ONCE]
    for day in days:
        with database.writing() as session:
            keep_counts(session, day)
    return len(days)
