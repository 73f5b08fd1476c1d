"""Route for the managers' report: metrics on what recurs, whose it is, and what it costs."""

from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from api.deps import Caller, Reading, Router, audience
from api.errors import error_responses
from navigator.insight import table
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.table import Cell, Row
from navigator.insight.tables import ManagersReport, managers_report
from navigator.people.user import Role
from navigator.small_numbers import rounded
from navigator.tickets import metrics

router = Router(
    prefix="/insight",
    tags=["insight"],
    responses=error_responses(401, 403),
    dependencies=[audience(Role.MANAGER)],
)


class Period(BaseModel):
    """A period from one day to another, both included."""

    since: date
    until: date


class InsightCell(BaseModel):
    """One cell of a table."""

    says: str = Field(examples=["about 15 of 40 (38%)"])
    count: int | None = Field(description="To the nearest five; null for fewer than five", examples=[15])
    opens: dict[str, str] = Field(
        description="What to ask of `GET /tickets` for the tickets counted", examples=[{"figure": "supplier"}]
    )


class InsightRow(BaseModel):
    """One row of a table, with a cell for each column but the first."""

    label: str
    means: str
    figures: list[InsightCell]


class InsightTable(BaseModel):
    """One table, and the question that it answers."""

    name: str = Field(examples=["whose"])
    title: str = Field(examples=["Whose it is"])
    means: str
    columns: list[str]
    rows: list[InsightRow]


class InsightFinding(BaseModel):
    """What needs a decision, as it may be said outside the service."""

    says: str = Field(examples=["55 reports of “The log-in fails” in Brightside, 20 more than before."])
    advice: str
    page: str = Field(description="The page of the desk about it", examples=["/problems/12"])
    table: str = Field(description="The table that says more", examples=["recurs"])


class Insight(BaseModel):
    """What needs a decision, and the tables of the report; each figure is what may leave the service."""

    period: Period
    period_before: Period
    period_earlier: Period
    reported: InsightRow = Field(
        description="All tickets reported: this period, the one before, the one before that, and the change"
    )
    findings: list[InsightFinding] = Field(description="What needs a decision, what weighs most first")
    tables: list[InsightTable]


@router.get("")
def show_insight(session: Reading, actor: Caller, period_filter: Annotated[PeriodFilter, Query()]) -> Insight:
    """What recurs, whose it is and what it costs, for the last four weeks unless asked otherwise."""
    return _insight_out(managers_report(session, actor, period_filter))


def _insight_out(report: ManagersReport) -> Insight:
    now, before, earlier = (_period_out(days) for days in report.scope.periods)
    tables = [_table_out(source) for source in report.tables.values()]
    return Insight(
        period=now,
        period_before=before,
        period_earlier=earlier,
        reported=_row_out(report.reported),
        findings=[
            InsightFinding(says=found.shared, advice=found.advice, page=found.href, table=found.section)
            for found in report.findings
        ],
        tables=tables,
    )


def _period_out(days: metrics.Period) -> Period:
    return Period(since=days.first, until=days.last)


def _table_out(source: table.Table) -> InsightTable:
    rows = [_row_out(row) for row in source.rows]
    columns = list(source.columns)
    return InsightTable(
        name=source.name, title=source.title, means=source.help_text, columns=columns, rows=rows
    )


def _row_out(row: Row) -> InsightRow:
    return InsightRow(label=row.label, means=row.help_text, figures=[_cell_out(cell) for cell in row.cells])


def _cell_out(cell: Cell) -> InsightCell:
    return InsightCell(says=cell.shared, count=rounded(cell.count), opens=dict(cell.filters))
