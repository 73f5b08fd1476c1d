"""How long patients could not use their programme: from the report until it was put right, by programme.

The time of what has ended is kept by day (`insight/day_counts`); what goes on is few, and has its own index.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.dates_in_words import day
from navigator.insight.day_counts import COLUMNS, kept_days, minutes_column
from navigator.insight.finding import Finding
from navigator.insight.queries import ReportScope
from navigator.insight.table import Bar, Cell, Row, Table, count_cell, rounded, text_cell
from navigator.tickets.day_counts import DayCount
from navigator.tickets.metrics import METRICS, Period, consecutive, reported_in
from navigator.tickets.queue.filters import NONE
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.ticket import Ticket

NAME = "without"
LONG = timedelta(days=7)
"""Without it for a week, somebody has missed the work of a weekly session: then a person must decide."""
_MINUTES_OF_DAY = 24 * 60

Code = str | None


@dataclass
class Sum:
    """How many reports stopped a programme, and for how many minutes all together."""

    reports: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class StillWithout:
    """Who cannot use a programme now: how many, how many for long, and since when the first of them."""

    now: int
    long: int
    since: datetime


def table(session: Session, scope: ReportScope) -> Table:
    """The time of this period’s reports beside that of the period before, by programme."""
    names, still = _names(session), _still_without(session, scope)
    now, before = (_sums(session, scope, days) for days in scope.periods)
    codes = sorted({*now, *before, *still}, key=lambda code: (-now.get(code, Sum()).minutes, code or "~"))
    sums = {code: (now.get(code, Sum()), before.get(code, Sum())) for code in codes}
    return Table(
        name=NAME,
        title="Time without the programme",
        help_text="From a patient’s report of something that stops the online part until it was put right or"
        " ended, or until now. Nights and weekends count: people use it then. Two reports count twice.",
        columns=(
            "Programme",
            "Reports",
            "Without it, all together",
            "Period before",
            "On average",
            "Without it now",
        ),
        rows=tuple(
            _row(scope, code, _name(code, names), sums[code], still[code].now if code in still else 0)
            for code in codes
        ),
        bars=tuple(Bar(_name(code, names), *map(_days, sums[code])) for code in codes),
    )


def findings(session: Session, scope: ReportScope) -> Iterable[Finding]:
    """Programmes that somebody has not been able to use for longer than a week."""
    names = _names(session)
    for code, still in _still_without(session, scope).items():
        if still.long:
            yield _finding(scope, code, _name(code, names), still)


def _sums(session: Session, scope: ReportScope, days: Period) -> Mapping[Code, Sum]:
    """Reports and minutes of a period by the programme’s code."""
    sums: dict[Code, Sum] = {}
    for code, reports, minutes in (*_ended(session, scope, days), *_going_on(session, scope, days)):
        if reports or minutes:
            one = sums.setdefault(code, Sum())
            one.reports, one.minutes = one.reports + reports, one.minutes + minutes
    return sums


def _ended(session: Session, scope: ReportScope, days: Period) -> Sequence[Any]:
    """All reports, with the minutes of those that have ended: kept by day, else counted anew."""
    kept = kept_days(session, days)
    counted = (func.sum(getattr(DayCount, COLUMNS["without"])), func.sum(col(DayCount.without_minutes)))
    query = _by_programme(DayCount, *counted).where(scope.row_condition(DayCount))
    rows = [*session.execute(query.where(col(DayCount.reported_on).in_(sorted(kept))))] if kept else []
    if fresh := [day for day in days.dates if day not in kept]:
        spans = consecutive(fresh)
        condition = METRICS["without"].condition(days)
        columns = (func.count().filter(condition), minutes_column(days))
        query = _by_programme(Ticket, *columns).where(scope.ticket_condition())
        rows += session.execute(query.where(or_(*(reported_in(span) for span in spans))))
    return rows


def _going_on(session: Session, scope: ReportScope, days: Period) -> Sequence[Any]:
    """The minutes so far of what has not ended, which its count holds already."""
    now, minutes_by_code = clock.now(), dict[Code, int]()
    for code, reported_at in session.execute(_live(scope).where(reported_in(days))):
        passed = (now - reported_at) // timedelta(minutes=1)
        minutes_by_code[code] = minutes_by_code.get(code, 0) + passed
    return [(code, 0, minutes) for code, minutes in minutes_by_code.items()]


def _live(scope: ReportScope) -> Any:
    # By number, or SQLite reads all tickets that the services ever had.
    numbers = select(col(Ticket.number)).where(IS_LIVE, METRICS["still_without"].condition(scope.days))
    query = select(col(Programme.code), col(Ticket.reported_at)).select_from(Ticket)
    query = query.outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
    return query.where(scope.ticket_condition(), col(Ticket.number).in_(numbers.correlate(None)))


def _still_without(session: Session, scope: ReportScope) -> Mapping[Code, StillWithout]:
    """Who cannot use each programme now, whenever they reported it."""
    long_ago, since = clock.now() - LONG, dict[Code, list[datetime]]()
    for code, reported_at in session.execute(_live(scope)):
        since.setdefault(code, []).append(reported_at)
    return {
        code: StillWithout(len(all_at), sum(at < long_ago for at in all_at), min(all_at))
        for code, all_at in since.items()
    }


def _by_programme(counted: Any, *columns: Any) -> Any:
    query = select(col(Programme.code), *columns).select_from(counted)
    query = query.outerjoin(Programme, col(Programme.id) == col(counted.programme_id))
    return query.group_by(col(Programme.code))


def _names(session: Session) -> Mapping[Code, str]:
    return {each.code: each.name for each in session.scalars(select(Programme))}


def _name(code: Code, names: Mapping[Code, str]) -> str:
    return names.get(code, "No programme")


def _row(scope: ReportScope, code: Code, name: str, sums: Sequence[Sum], waiting: int) -> Row:
    now, before = sums
    dates = {"since": scope.days.first.isoformat(), "until": scope.days.last.isoformat()}
    cells = (
        count_cell(now.reports, figure="without", **_filters(scope, code), **dates),
        _time_cell(now.minutes, now.reports),
        _time_cell(before.minutes, before.reports),
        _time_cell(now.minutes // now.reports, now.reports) if now.reports else text_cell("–"),
        count_cell(waiting, figure="still_without", **_filters(scope, code)),
    )
    return Row(name, "", cells)


def _filters(scope: ReportScope, code: Code) -> dict[str, str]:
    chosen = {"service": scope.service, "programme": code or NONE}
    return {name: value for name, value in chosen.items() if value}


def _time_cell(minutes: int, reports: int) -> Cell:
    """A length of time, which is not shared of few people."""
    words = _length(minutes)
    return Cell(words, "not shown" if rounded(reports) is None else f"about {words}")


def _length(minutes: int) -> str:
    hours = round(minutes / 60)
    if hours < 48:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{round(minutes / _MINUTES_OF_DAY):,} days"


def _days(counted: Sum) -> int:
    return round(counted.minutes / _MINUTES_OF_DAY)


def _finding(scope: ReportScope, code: Code, name: str, still: StillWithout) -> Finding:
    people = "1 person has" if still.long == 1 else f"{still.long} people have"
    hidden = rounded(still.long)
    some = "Fewer than 5 people have" if hidden is None else f"About {hidden} people have"
    first = day(clock.local(still.since).date())
    filters = {"view": "counted", "figure": "still_without", **_filters(scope, code)}
    return Finding(
        sentence=f"{people} not been able to use {name} for more than a week; the first since {first}.",
        shared=f"{some} not been able to use {name} for more than a week.",
        advice="Give them another way to go on, and ask who can put it right.",
        href="/desk?" + "&".join(f"{key}={value}" for key, value in filters.items()),
        link_text="See who they are",
        count=still.long,
        section=NAME,
    )
