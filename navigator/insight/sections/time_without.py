"""How long patients could not use their programme: from the report until it was put right, by programme.

The time of what has ended is kept by day (`insight/day_counts`); what goes on is few, and has its own index.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import select
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.dates_in_words import day
from navigator.insight.day_counts import COLUMNS, MINUTES
from navigator.insight.finding import Comparison, Finding
from navigator.insight.queries import ReportScope, once, report_counts, sums_of
from navigator.insight.rows import COMPARISON_COLUMNS, ticket_filters
from navigator.insight.table import Bar, Cell, Row, Table, count_cell, text_cell
from navigator.small_numbers import rounded
from navigator.tickets.metrics import METRICS
from navigator.tickets.queue.filters import NONE
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.ticket import Ticket

NAME = "without"
LONG = timedelta(days=7)
"""Without it for a week, somebody has missed the work of a weekly session: then a person must decide."""
PERIOD_COLUMNS = COMPARISON_COLUMNS[:3]
_MINUTES_OF_DAY = 24 * 60
_SHORT = 48
"""Hours: what is shorter is told in hours."""


class Going(NamedTuple):
    """A report of somebody who cannot use a programme now: its code and name, and when it was reported."""

    code: str | None
    name: str | None
    reported_at: datetime


class Sum(NamedTuple):
    """How many reports stopped a programme, and for how many minutes all together."""

    reports: int
    minutes: int


def table(session: Session, scope: ReportScope) -> Table:
    """The time of the reports of each period, by programme."""
    sums, waiting = _sums(session, scope), Counter(going.code for going in _going_on(session, scope))
    names = _names(session, scope)
    order = sorted(names, key=lambda code: (-sums[code][0].minutes, code or "~"))
    return Table(
        name=NAME,
        title="Time without the programme",
        help_text="From a patient’s report of something that stops the online part until it was put right or"
        " ended, or until now. Nights and weekends count. Two reports count twice. The picture is in days.",
        columns=("Programme", "Reports", "On average", *PERIOD_COLUMNS, "Without it now"),
        rows=tuple(_row(scope, code, names[code], sums[code], waiting[code]) for code in order),
        bars=tuple(Bar(names[code], _days(sums[code][0]), _days(sums[code][1])) for code in order),
        headline=Row("reports of something that stopped the online part", "", _totals(scope, sums.values())),
    )


def _totals(scope: ReportScope, of_programmes: Collection[Sequence[Sum]]) -> tuple[Cell, ...]:
    """The reports of all programmes together, of this period and of the one before."""
    return tuple(
        count_cell(
            sum(sums[n].reports for sums in of_programmes), **ticket_filters(scope, days, figure="without")
        )
        for n, days in enumerate(scope.periods[:2])
    )


def findings(session: Session, scope: ReportScope) -> Iterable[Finding]:
    """Programmes that somebody has not been able to use for longer than a week."""
    going_on, names = _going_on(session, scope), _names(session, scope)
    long_ago = clock.now() - LONG
    for code, count in Counter(each.code for each in going_on if each.reported_at < long_ago).items():
        since = min(each.reported_at for each in going_on if each.code == code)
        yield _finding(scope, code, names[code], count, since)


def _sums(session: Session, scope: ReportScope) -> Mapping[str | None, Sequence[Sum]]:
    """Reports and minutes of each period by the programme’s code; of what goes on, so far."""
    now, rows = clock.now(), defaultdict(list)
    for row in report_counts(session, scope).rows:
        if row.without_count:
            rows[row.code].append(row)
    minutes = {code: [*sums_of(found, MINUTES)] for code, found in rows.items()}
    for going in _going_on(session, scope):
        for n, days in enumerate(scope.periods):
            if days.start_at <= going.reported_at < days.end_at:
                minutes[going.code][n] += (now - going.reported_at) // timedelta(minutes=1)
    none = [Sum(0, 0)] * len(scope.periods)
    reports = {code: sums_of(found, COLUMNS["without"]) for code, found in rows.items()}
    return defaultdict(lambda: none, {code: [*map(Sum, reports[code], minutes[code])] for code in rows})


@once
def _going_on(session: Session, scope: ReportScope) -> Sequence[Going]:
    """Who cannot use their programme now, whenever they reported it."""
    # By number, or SQLite reads all tickets that the services ever had.
    numbers = select(col(Ticket.number)).where(IS_LIVE, METRICS["still_without"].condition(scope.days))
    query = select(col(Programme.code), col(Programme.name), col(Ticket.reported_at)).select_from(Ticket)
    query = query.outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
    query = query.where(scope.ticket_condition(), col(Ticket.number).in_(numbers.correlate(None)))
    query = query.order_by(col(Ticket.reported_at), col(Ticket.number))
    return [Going(*row) for row in session.execute(query)]


def _names(session: Session, scope: ReportScope) -> Mapping[str | None, str]:
    """The programmes that somebody could not use, by code."""
    lost = {row.code: row.name for row in report_counts(session, scope).rows if row.without_count}
    lost |= {going.code: going.name for going in _going_on(session, scope)}
    return {code: name or "No programme" for code, name in lost.items()}


def _row(scope: ReportScope, code: str | None, name: str, sums: Sequence[Sum], waiting: int) -> Row:
    now, programme = sums[0], {"programme": code or NONE}
    reports = ticket_filters(scope, scope.days, figure="without", **programme)
    average = _time_cell(now.minutes // now.reports, now.reports) if now.reports else text_cell("–")
    cells = (
        count_cell(now.reports, **reports),
        average,
        *(_time_cell(each.minutes, each.reports) for each in sums),
        count_cell(waiting, **ticket_filters(scope, None, figure="still_without", **programme)),
    )
    return Row(name, "", cells)


def _time_cell(minutes: int, reports: int) -> Cell:
    """A length of time in days, or hours of a short one; it is not shared of few people."""
    hours = round(minutes / 60)
    if hours >= _SHORT:
        words = f"{round(minutes / _MINUTES_OF_DAY):,} days"
        shared = f"about {words}"
    else:
        words = f"{hours} hour{'' if hours == 1 else 's'}"
        shared = f"about {few} hours" if (few := rounded(hours)) else "under 5 hours"
    return Cell(words, "not shown" if rounded(reports) is None else shared)


def _days(counted: Sum) -> int:
    return round(counted.minutes / _MINUTES_OF_DAY)


def _finding(scope: ReportScope, code: str | None, name: str, count: int, since: datetime) -> Finding:
    people = "1 person has" if count == 1 else f"{count} people have"
    hidden = rounded(count)
    some = "Fewer than 5 people have" if hidden is None else f"About {hidden} people have"
    longest = (clock.now() - since).days
    told, first = f"not been able to use {name} for more than a week", day(clock.local(since).date())
    filters = ticket_filters(scope, None, view="counted", figure="still_without", programme=code or NONE)
    return Finding(
        sentence=f"{people} {told}; the first since {first}.",
        shared=f"{some} {told}.",
        advice="Give them another way to go on, and ask who can put it right.",
        href=f"/desk?{urlencode(filters)}",
        link_text="See who they are",
        count=count,
        section=NAME,
        compared=Comparison(
            ("in a week", "without it, the longest so far"),
            (LONG.days, longest),
            (LONG.days, longest) if hidden else (None, None),
            unit=" days",
        ),
    )
