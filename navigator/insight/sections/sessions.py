"""Sessions: what problems cost in sessions, what waits for the supplier, and how good these figures are."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from navigator.insight import queries
from navigator.insight.finding import Finding
from navigator.insight.queries import ReportScope, once
from navigator.insight.rows import (
    COMPARISON_COLUMNS,
    count_cells,
    days_since,
    in_words,
    metric_row,
    share_row,
    ticket_filters,
    tickets_href,
    trend,
)
from navigator.insight.table import Row, Table, count_cell, text_cell
from navigator.small_numbers import MIN_COUNT
from navigator.tickets.action_rules import Action
from navigator.tickets.metrics import METRICS
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.ticket import Event, Ticket

_SOLVED = "A known fix was shown before the report was sent, and it helped. Nobody had to read anything."
MUCH = 0.1
"""From this share on, what came back needs a decision: one in ten."""


def table(session: Session, scope: ReportScope) -> Table:
    """Sessions touched, what was in time for them, and what came back or waits."""
    counts = queries.report_counts(session, scope).by_metric | queries.event_counts(session, scope)
    return Table(
        name="sessions",
        title="Sessions, waiting and what came back",
        help_text="What the problems cost in sessions, and how good these figures are.",
        columns=("Figure", *COMPARISON_COLUMNS),
        rows=(
            share_row(scope, "in_time", "had_session", counts),
            metric_row(scope, "touched", counts),
            share_row(scope, "reopened", "ended", counts),
            share_row(scope, "no_session", "all", counts),
            *_solved_rows(session, scope),
            *_supplier_rows(session, scope),
        ),
    )


def findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    """That much came back: from one in ten on, and no few."""
    counts = queries.report_counts(session, scope).by_metric
    came_back, ended = counts["reopened"], counts["ended"].now
    if came_back.now >= MIN_COUNT and came_back.now >= MUCH * ended:
        yield Finding(
            **in_words(
                "{tickets} came back of {ended} that were put right.", tickets=came_back.now, ended=ended
            ),
            advice="Read what was tried: the usual fix may not hold.",
            href=tickets_href(scope, scope.days, figure="reopened"),
            link_text="Those that came back",
            count=came_back.now,
            section="sessions",
            trend=trend(came_back),
        )


def _solved_rows(session: Session, scope: ReportScope) -> tuple[Row, ...]:
    """How often a fix helped before a report; nobody said who they were, so not where one kind is chosen."""
    if scope.reporter:
        return ()
    return (Row("Solved without a ticket", _SOLVED, count_cells(queries.deflections(session, scope))),)


def _supplier_rows(session: Session, scope: ReportScope) -> tuple[Row, Row]:
    waiting, since = waiting_for_supplier(session, scope)
    supplier, none = METRICS["with_supplier"], (text_cell("–"),) * 3
    waiting_cell = count_cell(waiting, **ticket_filters(scope, None, figure="with_supplier"))
    longest = "Since the ticket was last left to the supplier."
    return (
        Row(f"{supplier.label} now", supplier.help_text, (waiting_cell, *none)),
        Row("Longest wait for the supplier", longest, (text_cell(days_since(since)), *none)),
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
