"""Figures of the reports of a day: in which hour they came, and how long until an answer and the end."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, delete, insert, select
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.lookups import calendar_of, services
from navigator.insight.waits import ANSWER_STEPS, END_STEPS, STILL_WAITING, step_of
from navigator.people.actor import SYSTEM
from navigator.tickets.day_counts import DayFigure
from navigator.tickets.metrics import IS_COUNTED, Period, reported_in
from navigator.tickets.ticket import LIVE, Ticket
from navigator.tickets.visibility import visible_to

HOUR, ANSWER, END = "hour", "answer", "end"
"""The hour of the day in London; opening hours until the first answer; time until it was put right."""


class FigureKey(NamedTuple):
    """What is counted apart."""

    reported_on: date
    figure: str
    service_id: int
    programme_id: int | None
    reporter_kind: str
    fixability: str | None
    value: int


_COLUMNS: tuple[Any, ...] = (
    Ticket.reported_at, Ticket.service_id, Ticket.programme_id, Ticket.reporter_kind, Ticket.fixability,
    Ticket.status, Ticket.first_replied_at, Ticket.resolved_at,
)  # fmt: skip


def figures_of(session: Session, condition: ColumnElement[bool]) -> Counter[FigureKey]:
    """The figures of these tickets, counted anew; a wait by the opening hours that are set now."""
    calendars = {service.id: calendar_of(service) for service in services(session)}
    query = select(*_COLUMNS).where(IS_COUNTED, condition)
    return Counter(key for row in session.execute(query) for key in _keys(calendars, row))


def keep_figures(session: Session, day: date) -> None:
    """Count the figures of a day and keep them, in the transaction in which its reports are counted."""
    session.execute(delete(DayFigure).where(col(DayFigure.reported_on) == day))
    counts = figures_of(session, visible_to(SYSTEM) & reported_in(Period(day, day)))
    if counts:
        rows = [key._asdict() | {"count": count} for key, count in counts.items()]
        session.execute(insert(DayFigure), rows)


def _keys(calendars: Mapping[int, WorkingCalendar], row: Row[Any]) -> Iterator[FigureKey]:
    reported = clock.local(row.reported_at)
    group = (row.service_id, row.programme_id, row.reporter_kind, row.fixability)
    yield FigureKey(reported.date(), HOUR, *group[:-1], None, reported.hour)
    for figure, step in ((ANSWER, _answer_step(calendars, row)), (END, _end_step(row))):
        if step is not None:
            yield FigureKey(reported.date(), figure, *group, step)


def _answer_step(calendars: Mapping[int, WorkingCalendar], row: Row[Any]) -> int | None:
    if row.first_replied_at is None:
        return _unless_over(row)
    minutes = calendars[row.service_id].minutes_between(row.reported_at, row.first_replied_at)
    return step_of(minutes, ANSWER_STEPS)


def _end_step(row: Row[Any]) -> int | None:
    if row.resolved_at is None:
        return _unless_over(row)
    return step_of((row.resolved_at - row.reported_at) // timedelta(minutes=1), END_STEPS)


def _unless_over(row: Row[Any]) -> int | None:
    """Whoever took back a report without an answer waited for none, and waits no more."""
    return STILL_WAITING if row.status in LIVE else None
