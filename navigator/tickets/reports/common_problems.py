"""Common problems: what patients of a programme report most, to be tapped instead of told in words."""

from datetime import timedelta

from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.catalogue.catalogue import Category, Kind, catalogue
from navigator.catalogue.programme import Programme
from navigator.tickets.day_counts import DayCount

COUNTED_FOR = timedelta(days=90)
MAX_COMMON = 6
_NEED_WORDS = frozenset({Kind.QUESTION, Kind.FEEDBACK, Kind.DIVERT})
"""What nobody could answer without a word; and whoever is to call somebody says so, and is told whom."""


def common_problems(session: Session, programme: Programme | None) -> list[Category]:
    """The categories that are reported most in a programme; until there are reports, the usual ones."""
    counts = _counts(session, programme.id) if programme else {}
    offered = [leaf for leaf in catalogue().for_audience("patient") if leaf.kind not in _NEED_WORDS]
    likely = [leaf for leaf in offered if leaf.is_common or leaf.id in counts]
    return sorted(likely, key=lambda leaf: (-counts.get(leaf.id, 0), not leaf.is_common))[:MAX_COMMON]


def _counts(session: Session, programme_id: int) -> dict[str, int]:
    """How many reports of each category there were lately: of days that are over, as they are kept."""
    query = select(DayCount.category, func.sum(DayCount.all_count)).where(
        DayCount.programme_id == programme_id,
        col(DayCount.category).is_not(None),
        col(DayCount.reported_on) >= clock.today() - COUNTED_FOR,
    )
    rows = session.exec(query.group_by(col(DayCount.category)))
    return {category or "": int(count) for category, count in rows}
