"""Busy hours: on which weekdays and in which hours reports come."""

from collections import Counter
from collections.abc import Mapping

from sqlmodel import Session

from navigator.insight.arrivals import reports_by_hour
from navigator.insight.queries import ReportScope
from navigator.insight.table import Bar, Row, Table, count_cell

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def table(session: Session, scope: ReportScope) -> Table:
    """One row an hour in which anything came, and a column for each weekday."""
    found = reports_by_hour(session, scope)
    by_hour = {hour: sum(found[hour, day] for day in range(7)) for hour in _hours(found)}
    return Table(
        name="busy_hours",
        title="When reports come, by weekday and hour",
        help_text="Reports of the period by the hour in which they came, of all its weeks together.",
        columns=("Hour", *WEEKDAYS, "All days"),
        rows=tuple(
            Row(_label(hour), "", (*(count_cell(found[hour, day]) for day in range(7)), count_cell(total)))
            for hour, total in by_hour.items()
        ),
        headline=_busiest(by_hour),
        bars=tuple(Bar(_label(hour), total) for hour, total in by_hour.items()),
        is_over_time=True,
    )


def _busiest(by_hour: Mapping[int, int]) -> Row | None:
    """The hour in which most came, on all days together."""
    if not by_hour:
        return None
    hour = max(by_hour, key=lambda hour: by_hour[hour])
    return Row(f"from {_label(hour)}, the busiest hour", "", (count_cell(by_hour[hour]),))


def _hours(found: Counter[tuple[int, int]]) -> range:
    hours = [hour for (hour, _), count in found.items() if count]
    return range(min(hours), max(hours) + 1) if hours else range(0)


def _label(hour: int) -> str:
    return f"{hour:02}:00 to {(hour + 1) % 24:02}:00"
