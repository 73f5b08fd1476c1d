"""Buckets: a period cut into days or weeks, and the number of the one in which a value lies."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, literal

from navigator.tickets.metrics import Period

MAX_DAILY_BUCKETS = 31
"""Up to so many days a chart has a bar for each; beyond that for each week."""


def bucket_of(value: Any, starts: Sequence[Any], first: int = 0) -> ColumnElement[int]:
    """The number of the period in which a value lies, of those that begin so; found by halves."""
    if len(starts) == 1:
        return literal(first, literal_execute=True)
    half = len(starts) // 2
    earlier, later = bucket_of(value, starts[:half], first), bucket_of(value, starts[half:], first + half)
    return case((value < starts[half], earlier), else_=later)


def buckets(days: Period) -> list[Period]:
    """A period cut into days, or into weeks that end with its last day."""
    step = 1 if days.length <= MAX_DAILY_BUCKETS else 7
    lasts = [days.last - timedelta(days=n) for n in range(0, days.length, step)]
    return [Period(max(days.first, last - timedelta(days=step - 1)), last) for last in reversed(lasts)]
