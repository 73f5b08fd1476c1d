"""The tables of the managers’ page, put together from the questions: each number knows its tickets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.errors import NotFound
from navigator.insight import queries
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.phone_calls import phone_call_table
from navigator.insight.queries import Both, Scope
from navigator.insight.table import Bar, Cell, Row, Table, change, count, share, words
from navigator.people.actor import Actor
from navigator.tickets.metrics import METRICS, MetricName, Period
from navigator.tickets.queue.filters import NONE
from navigator.training.topics import BY_ID

OWNERS: tuple[MetricName, ...] = ("ours", "supplier", "protocol", "divert", "nothing", "unsorted")
COMPARED = ("This period", "Period before", "Change")

Figures = Mapping[MetricName, Both]


@dataclass(frozen=True)
class ManagersReport:
    """Everything that the page says, and what it was asked."""

    scope: Scope
    reported: Row
    sheets: Mapping[str, Table]

    def sheet(self, name: str) -> Table:
        """The table of that name."""
        try:
            return self.sheets[name]
        except KeyError:
            raise NotFound("There is no such table.") from None


def managers_report(session: Session, actor: Actor, asked: PeriodFilter) -> ManagersReport:
    """All tables for what was asked, in the order in which a manager reads them."""
    of = queries.scope(session, actor, asked)
    reported, course = queries.figures(session, of)
    both = reported | queries.happened(session, of)
    sheets = (
        _recurs(of, queries.recurring(session, of), both["all"].now),
        _whose(of, both),
        _course(of, course),
        _sessions(of, both, queries.solved_without(session, of), queries.with_supplier(session, of)),
        _safety(of, both),
        _training(queries.training(session, of)),
        phone_call_table(session, of),
    )
    return ManagersReport(of, _figure(of, "all", both), {sheet.name: sheet for sheet in sheets})


def _recurs(of: Scope, found: Any, whole: int) -> Table:
    rows, bars = [], []
    for one in found:
        label = catalogue().category(one.category).staff_label if one.category else "Not sorted yet"
        what = {"category": one.category or NONE, "programme": one.code or NONE}
        row = _compared(of, label, one.name or "No programme", one, **what)
        rows.append(Row(row.label, row.means, (*row.cells, share(one.now, whole))))
        bars.append(Bar(f"{one.name or 'No programme'}: {label}", one.now, one.before))
    return Table(
        name="recurs",
        title="What recurs",
        means=f"The {queries.TOP} problems reported most, by category and programme.",
        columns=("Problem", *COMPARED, "Of all reported"),
        rows=tuple(rows),
        bars=tuple(bars),
    )


def _whose(of: Scope, both: Figures) -> Table:
    return Table(
        name="whose",
        title="Whose it is",
        means="Who can put right what was reported. This is what the desk or a navigator found.",
        columns=("Whose", *COMPARED),
        rows=tuple(_figure(of, name, both) for name in OWNERS),
        bars=tuple(Bar(METRICS[name].label, *both[name]) for name in OWNERS),
    )


def _course(of: Scope, course: Mapping[Period, int]) -> Table:
    by_day = all(days.length == 1 for days in course)
    return Table(
        name="course",
        title="Reports by day" if by_day else "Reports by week",
        means="How many tickets were reported. A sudden rise may be an update or an outage.",
        columns=("Day" if by_day else "Week", "Reported"),
        rows=tuple(Row(span(days), "", (count(n, **_opens(of, days)),)) for days, n in course.items()),
        bars=tuple(Bar(span(days), n) for days, n in course.items()),
        is_over_time=True,
    )


def _sessions(of: Scope, both: Figures, solved: Both, waits: tuple[int, datetime | None]) -> Table:
    waiting, since = waits
    supplier = METRICS["with_supplier"]
    cells = (count(waiting, **_opens(of, None, figure="with_supplier")), words("–"), words("–"))
    longest = (words(_long(since)), words("–"), words("–"))
    without = "A known fix was shown before the report was sent, and it helped. Nobody had to read anything."
    rows = (
        _shared(of, "in_time", "had_session", both),
        _figure(of, "touched", both),
        _shared(of, "reopened", "ended", both),
        _shared(of, "no_session", "all", both),
        Row("Solved without a ticket", without, (count(solved.now), count(solved.before), change(*solved))),
        Row(f"{supplier.label} now", supplier.help_text, cells),
        Row("Longest wait for the supplier", "Since the ticket was last left to the supplier.", longest),
    )
    return Table(
        name="sessions",
        title="Sessions, waiting and what came back",
        means="What the problems cost in sessions, and how good these figures are.",
        columns=("Figure", *COMPARED),
        rows=rows,
    )


def _safety(of: Scope, both: Figures) -> Table:
    read: tuple[MetricName, ...] = ("read_in_time", "read_late", "unread")
    return Table(
        name="safety",
        title="Hand-overs and what was passed on",
        means="What was not a technical problem, and whether a clinician read in time what they had to read.",
        columns=("Figure", *COMPARED),
        rows=(
            _figure(of, "handed_over", both),
            _shared(of, "missed", "handed_over", both),
            *(_shared(of, name, "handed_over", both) for name in read),
            _figure(of, "passed_on", both),
        ),
    )


def _training(found: Any) -> Table:
    return Table(
        name="training",
        title="Training asked for",
        means="Requests by topic. A request waits until it is answered, or its session was held.",
        columns=("Topic", *COMPARED, "Still waiting", "Longest wait"),
        rows=tuple(
            Row(
                BY_ID[one.topic].label,
                "",
                (
                    *(count(one.now), count(one.before), change(one.now, one.before)),
                    *(count(one.waiting), words(_long(one.since))),
                ),
            )
            for one in found
        ),
        bars=tuple(Bar(BY_ID[one.topic].label, one.now, one.before) for one in found),
    )


def _figure(of: Scope, name: MetricName, both: Figures) -> Row:
    return _compared(of, METRICS[name].label, METRICS[name].help_text, both[name], figure=name)


def _compared(of: Scope, label: str, means: str, found: Any, **what: str) -> Row:
    now, before = of.periods
    cells = (count(found.now, **_opens(of, now, **what)), count(found.before, **_opens(of, before, **what)))
    return Row(label, means, (*cells, change(found.now, found.before)))


def _shared(of: Scope, part: MetricName, whole: MetricName, both: Figures) -> Row:
    shares = (
        share(getattr(both[part], side), getattr(both[whole], side), **_opens(of, days, figure=part))
        for side, days in zip(Both._fields, of.periods, strict=True)
    )
    moved: Cell = change(*both[part])
    return Row(METRICS[part].label, METRICS[part].help_text, (*shares, moved))


def _opens(of: Scope, days: Period | None, **what: str) -> dict[str, str]:
    """The filters of the desk under which the tickets of a number stand."""
    span = {"since": days.first.isoformat(), "until": days.last.isoformat()} if days else {}
    chosen = {"service": of.service, "programme": of.programme}
    return {**{name: value for name, value in chosen.items() if value}, **span, **what}


def span(days: Period) -> str:
    """Days in words: "9 June", or "3 June to 9 June 2025"."""
    first, last = (_day(day) for day in (days.first, days.last))
    return first if days.length == 1 else f"{first} to {last}"


def _day(day: date) -> str:
    year = "" if day.year == clock.today().year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"


def _long(since: datetime | None) -> str:
    if since is None:
        return "–"
    days = (clock.today() - clock.local(since).date()).days
    return "1 day" if days == 1 else f"{days} days"
