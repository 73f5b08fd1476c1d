"""First answers: how long people wait for one, in the hours in which their service is open."""

from sqlmodel import Session

from navigator.insight.day_figures import ANSWER
from navigator.insight.measured_waits import Measure, waits_table
from navigator.insight.queries import ReportScope
from navigator.insight.table import Table
from navigator.insight.waits import ANSWER_STEPS, HOUR

MEASURE = Measure(
    figure=ANSWER,
    steps=ANSWER_STEPS,
    marks=(HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 40 * HOUR),
    name="first_answers",
    title="Until the first answer, in opening hours",
    help_text="Of reports of the period that were answered: for how long the service was open until then."
    " Nights, weekends and holidays do not count.",
    over="Answered",
)


def table(session: Session, scope: ReportScope) -> Table:
    """How long half waited, and nine of ten, by who reported and who can put it right."""
    return waits_table(session, scope, MEASURE)
