"""Nine weeks of reports of one kind, of which the last days have more."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.jobs.rises import look_for_rises
from navigator.problems.spikes import ALL_DAYS
from navigator.tickets.ticket import Ticket
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell

REMINDERS = "notify.too_many"


def day_before(days: int) -> None:
    """The clock stands so many days before today."""
    clock.set_to(MOMENT - timedelta(days=days))


def reports(session: Session, days: int, count: int, **told: Any) -> list[Ticket]:
    """So many reports, so many days before today."""
    day_before(days)
    found = [tell(session, category=REMINDERS, text="", **told) for _ in range(count)]
    clock.set_to(MOMENT)
    return found


def usual(session: Session, **told: Any) -> None:
    """One report every other day."""
    for day in range(ALL_DAYS - 1, 6, -2):
        reports(session, day, 1, **told)


def risen(session: Session, *last: int, **told: Any) -> list[int]:
    """What is usual, then so many reports on each of the last days; their numbers."""
    usual(session, **told)
    found = [reports(session, len(last) - 1 - n, count, **told) for n, count in enumerate(last)]
    session.flush()
    return [ticket.number for tickets in found for ticket in tickets]


def look(session: Session) -> int:
    """What the job does, in this transaction."""
    session.flush()
    return look_for_rises()
