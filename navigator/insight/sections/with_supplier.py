"""What waits for a supplier now, and how long."""

from datetime import datetime

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from navigator.insight.queries import ReportScope, once
from navigator.insight.rows import days_since, ticket_filters
from navigator.insight.table import Row, Table, count_cell, text_cell
from navigator.tickets.action_rules import Action
from navigator.tickets.metrics import METRICS
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.ticket import Event, Ticket


def table(session: Session, scope: ReportScope) -> Table:
    """How many tickets wait for a supplier, and the longest of these waits."""
    waiting, since = waiting_for_supplier(session, scope)
    supplier = METRICS["with_supplier"]
    count = count_cell(waiting, **ticket_filters(scope, None, figure="with_supplier"))
    longest = "Since the ticket was last left to the supplier."
    return Table(
        name="with_supplier",
        title="Waiting with the supplier",
        help_text="Tickets that only the company that makes the programme can go on with.",
        columns=("Figure", "Now"),
        rows=(
            Row(f"{supplier.label} now", supplier.help_text, (count,)),
            Row("Longest wait for the supplier", longest, (text_cell(days_since(since)),)),
        ),
    )


@once
def waiting_for_supplier(session: Session, scope: ReportScope) -> tuple[int, datetime | None]:
    """How many tickets wait for the supplier now, and since when the oldest of them does."""
    # By number, or SQLite reads all tickets that the services ever had.
    waiting = select(col(Ticket.number)).where(IS_LIVE, METRICS["with_supplier"].condition(scope.days))
    parked = (
        select(col(Ticket.number), func.max(col(Event.created_at)).label("at"))
        .outerjoin(
            Event, and_(col(Event.ticket_number) == col(Ticket.number), col(Event.action) == Action.PARK)
        )
        .where(scope.ticket_condition(), col(Ticket.number).in_(waiting.correlate(None)))
        .group_by(col(Ticket.number))
        .subquery()
    )
    count, since = session.execute(select(func.count(), func.min(parked.c.at)).select_from(parked)).one()
    return count, since
