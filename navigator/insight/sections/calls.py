"""Phone call metrics: how many, how long and what for; by purpose and never by navigator."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.engine import RowMapping
from sqlmodel import Session, col

from navigator.insight.queries import PeriodCounts, ReportScope
from navigator.insight.rows import COMPARISON_COLUMNS, count_cells
from navigator.insight.table import Bar, Row, Table, minutes_cell, points_cell, share_cell, text_cell
from navigator.tickets.enums import CallDirection, CallOutcome, CallPurpose
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Ticket

_HELP_TEXTS: Mapping[CallPurpose, str] = MappingProxyType(
    {
        CallPurpose.ACCESS: "Getting into the programme.",
        CallPurpose.TECHNOLOGY: "Putting a problem right.",
        CallPurpose.ENGAGEMENT: "Using the programme.",
        CallPurpose.FEEDBACK: "What people think of the programme.",
    }
)
_REACHED = "Of the calls that a navigator began, those in which they spoke to somebody."


def table(session: Session, scope: ReportScope) -> Table:
    """The phone log of the period beside those before."""
    rows: dict[str, Mapping[Any, Any]] = {row["purpose"]: row for row in _count_by_purpose(session, scope)}
    begun, spoke = (_total(rows, name) for name in ("begun", "spoke"))
    shares = list(zip(spoke, begun, strict=True))
    reached = (*(share_cell(*share) for share in shares), points_cell(shares[0], shares[1]))
    return Table(
        name="calls",
        title="Phone calls",
        help_text="Calls that navigators logged, by what they were for. Minutes count where they were noted.",
        bars=tuple(_bar(purpose, rows.get(purpose, {})) for purpose in CallPurpose) if rows else (),
        columns=("For", *COMPARISON_COLUMNS, "Minutes", "Minutes before"),
        rows=(
            *(_row(purpose, rows.get(purpose, {})) for purpose in CallPurpose),
            Row("Reached", _REACHED, (*reached, text_cell("–"), text_cell("–"))),
        )
        if rows
        else (),
    )


def _count_by_purpose(session: Session, scope: ReportScope) -> Sequence[RowMapping]:
    """One row for each purpose: every count of this period, and of those before."""
    columns = [
        column.label(f"{name}_{side}")
        for side, days in zip(PeriodCounts._fields, scope.periods, strict=True)
        for name, column in _count_columns(days.contains(col(PhoneCall.created_at))).items()
    ]
    # Not joined, or SQLite begins with all tickets that the services ever had.
    is_counted = exists().where(col(Ticket.number) == col(PhoneCall.ticket_number), scope.ticket_condition())
    query = select(col(PhoneCall.purpose), *columns)
    query = query.where(scope.all_days.contains(col(PhoneCall.created_at)), is_counted)
    return session.execute(query.group_by(col(PhoneCall.purpose))).mappings().all()


def _count_columns(within: ColumnElement[bool]) -> dict[str, ColumnElement[int]]:
    minutes, is_outgoing = col(PhoneCall.minutes), col(PhoneCall.direction) == CallDirection.US
    return {
        "calls": func.count().filter(within),
        "noted": func.count(minutes).filter(within),
        "minutes": func.coalesce(func.sum(minutes).filter(within), 0),
        "begun": func.count().filter(within, is_outgoing),
        "spoke": func.count().filter(within, is_outgoing, col(PhoneCall.outcome) == CallOutcome.SPOKE),
    }


def _total(rows: Mapping[Any, Any], name: str) -> PeriodCounts:
    sums = (sum(row[f"{name}_{side}"] for row in rows.values()) for side in PeriodCounts._fields)
    return PeriodCounts(*sums)


def _bar(purpose: CallPurpose, row: Mapping[Any, Any]) -> Bar:
    return Bar(purpose.capitalize(), row.get("calls_now", 0), row.get("calls_before", 0))


def _row(purpose: CallPurpose, row: Mapping[Any, Any]) -> Row:
    counts = {
        name: PeriodCounts(*(row.get(f"{name}_{side}", 0) for side in PeriodCounts._fields))
        for name in ("calls", "noted", "minutes")
    }
    minutes = list(map(minutes_cell, counts["minutes"], counts["noted"]))[:2]
    return Row(purpose.capitalize(), _HELP_TEXTS[purpose], (*count_cells(counts["calls"]), *minutes))
