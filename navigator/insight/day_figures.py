"""Figures of the reports of a day: in which hour they came, and how long until an answer and the end."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, insert, select
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

_MINUTE = timedelta(minutes=1)


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


def _keys(calendars: Mapping[int, WorkingCalendar], row: Any) -> Iterator[FigureKey]:
    """The figures of a report; whoever took one back without an answer waited for none, and waits no more."""
    reported_at, service_id, programme_id, kind, fixability, status, replied_at, resolved_at = row
    reported, still = clock.local(reported_at), STILL_WAITING if status in LIVE else None
    day, answer, end = reported.date(), still, still
    if replied_at is not None:
        answer = step_of(calendars[service_id].minutes_between(reported_at, replied_at), ANSWER_STEPS)
    if resolved_at is not None:
        end = step_of((resolved_at - reported_at) // _MINUTE, END_STEPS)
    yield FigureKey(day, HOUR, service_id, programme_id, kind, None, reported.hour)
    for figure, step in ((ANSWER, answer), (END, end)):
        if step is not None:
            yield FigureKey(day, figure, service_id, programme_id, kind, fixability, step)
