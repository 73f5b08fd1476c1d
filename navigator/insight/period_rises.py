"""The rises of a period, each with its reports as they are sorted now: read once for a report."""

from sqlmodel import Session, col

from navigator.insight.queries import ReportScope, once
from navigator.problems.rise import Rise
from navigator.problems.rises import OfferedRise, list_rises, report_counts

MAX_RISES = 30
"""So many are counted and shown: the undecided ones, then those with the most reports."""


@once
def period_rises(session: Session, scope: ReportScope) -> list[tuple[OfferedRise, int]]:
    """Each rise that was seen in the period, and how many reports it has; the undecided ones first."""
    is_within = (col(Rise.began_on) <= scope.days.last, col(Rise.last_on) >= scope.days.first)
    rises = list_rises(session, scope.actor, scope.row_condition(Rise), *is_within)
    rises = sorted(rises, key=lambda each: each.rise.is_decided)[:MAX_RISES]
    counts = report_counts(session, scope.actor, [each.rise for each in rises])
    return list(zip(rises, counts, strict=True))


def kinds_of_rises(session: Session, scope: ReportScope) -> set[tuple[str | None, str | None]]:
    """The category and programme of each rise: told by itself, or decided, it is not told a second time."""
    return {(each.rise.category, each.programme.code) for each, _ in period_rises(session, scope)}
