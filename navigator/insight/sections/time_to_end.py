"""Until it is put right: how long people wait for that, as they live it, by day and night."""

from sqlmodel import Session

from navigator.insight.day_figures import END
from navigator.insight.measured_waits import Measure, waits_table
from navigator.insight.queries import ReportScope
from navigator.insight.table import Table
from navigator.insight.waits import DAY, END_STEPS

MEASURE = Measure(
    figure=END,
    steps=END_STEPS,
    marks=(DAY, 3 * DAY, 7 * DAY, 14 * DAY, 28 * DAY),
    name="time_to_end",
    title="Until it was put right, in days and hours",
    help_text="Of reports of the period that are put right: how long that took by the calendar, with"
    " nights, weekends and holidays. What came back counts until it was put right for good.",
    over="Put right",
)


def table(session: Session, scope: ReportScope) -> Table:
    """How long half waited, and nine of ten, by who reported and who can put it right."""
    return waits_table(session, scope, MEASURE)
