"""The managers' figures: what recurs, whose it is, and what it costs."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.deps import Caller, Reading, audience
from api.errors import problems
from navigator.insight import table
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.table import Cell, Row, rounded
from navigator.insight.tables import ManagersReport, managers_report
from navigator.people.user import Role
from navigator.tickets import metrics

router = APIRouter(
    prefix="/insight",
    tags=["insight"],
    responses=problems(401, 403),
    dependencies=[audience(Role.MANAGER)],
)


class Period(BaseModel):
    """From one day to another, both included."""

    since: date
    until: date


class Figure(BaseModel):
    """One cell of a table."""

    says: str = Field(examples=["15 of 40 (38%)"])
    count: int | None = Field(description="To the nearest five; null for fewer than five", examples=[15])
    opens: dict[str, str] = Field(
        description="What to ask of `GET /tickets` for the tickets counted", examples=[{"figure": "supplier"}]
    )


class Line(BaseModel):
    """One row of a table, a figure for each column but the first."""

    label: str
    means: str
    figures: list[Figure]


class Table(BaseModel):
    """One table, and what it answers."""

    name: str = Field(examples=["whose"])
    title: str = Field(examples=["Whose it is"])
    means: str
    columns: list[str]
    rows: list[Line]


class Insight(BaseModel):
    """The tables for what was asked; each figure is what may leave the service."""

    period: Period
    period_before: Period
    reported: Line = Field(description="All tickets reported: this period, the period before, and the change")
    tables: list[Table]


@router.get("")
def show_insight(session: Reading, actor: Caller, asked: Annotated[PeriodFilter, Query()]) -> Insight:
    """What recurs, whose it is and what it costs, for the last four weeks unless asked otherwise."""
    return _view(managers_report(session, actor, asked))


def _view(found: ManagersReport) -> Insight:
    now, before = (_period(days) for days in found.scope.periods)
    tables = [_table(sheet) for sheet in found.tables.values()]
    return Insight(period=now, period_before=before, reported=_line(found.reported), tables=tables)


def _period(days: metrics.Period) -> Period:
    return Period(since=days.first, until=days.last)


def _table(sheet: table.Table) -> Table:
    rows = [_line(row) for row in sheet.rows]
    columns = list(sheet.columns)
    return Table(name=sheet.name, title=sheet.title, means=sheet.help_text, columns=columns, rows=rows)


def _line(row: Row) -> Line:
    return Line(label=row.label, means=row.help_text, figures=[_figure(cell) for cell in row.cells])


def _figure(cell: Cell) -> Figure:
    return Figure(says=cell.shared, count=rounded(cell.count), opens=dict(cell.filters))
