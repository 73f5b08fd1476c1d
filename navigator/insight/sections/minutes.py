"""Minutes: what reports cost on the phone, what was saved because nobody had to report, and in money."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.service import Service
from navigator.insight import queries
from navigator.insight.phone_minutes import MIN_KNOWN, PhoneTime, in_period, minutes_a_report, phone_time
from navigator.insight.queries import PeriodCounts, ReportScope, once
from navigator.insight.rows import COMPARISON_COLUMNS, count_cells
from navigator.insight.table import Bar, Cell, Row, Table, minutes_cell, points_cell, share_cell, text_cell
from navigator.problems.affected_person import AffectedPerson
from navigator.problems.problem import Problem
from navigator.small_numbers import MIN_COUNT

_SPENT = (
    "As noted in the phone log. Reading, writing and looking into things are not counted: nobody notes them."
)
_NOTED = "Of the calls in the phone log, those with their minutes. The fewer, the less the figures here say."
_SOLVED = "A known fix was shown before the report was sent, and it helped. Nobody had to read anything."
_KNOWN = "Somebody said of a known problem “I have this too”, and did not report it."
_SAVED = "Both together, at the minutes on the phone that a report took in these periods: it is the least."
_COST = "The minutes on the phone at the cost of a minute that the service set. {}"
_DASH = text_cell("–")


def table(session: Session, scope: ReportScope) -> Table:
    """The minutes that are known, those that were saved, and their cost where a service set one."""
    times = phone_time(session, scope)
    totals = [in_period(times, n) for n in range(len(scope.periods))]
    shares = [(total.noted, total.calls) for total in totals]
    return Table(
        name="minutes",
        title="Minutes cost and saved",
        help_text="What is known of the time that reports take, and of the reports that nobody had to make.",
        columns=("Figure", *COMPARISON_COLUMNS),
        rows=(
            Row("Minutes on the phone", _SPENT, (*_spent(totals), _DASH)),
            Row("Calls with their minutes noted", _NOTED, (*_noted(shares), points_cell(*shares[:2]))),
            *_spared(session, scope),
            *_costs(scope, times),
        ),
        bars=_bars(session, scope, totals),
    )


def _bars(session: Session, scope: ReportScope, totals: Sequence[PhoneTime]) -> tuple[Bar, ...]:
    """Minutes spent and saved; no picture where few calls are behind it: on paper it would tell of them."""
    if any(0 < total.noted < MIN_COUNT for total in totals[:2]) or not totals[0].noted:
        return ()
    spent = Bar("Minutes on the phone", totals[0].minutes, totals[1].minutes)
    each = None if scope.reporter else minutes_a_report(session, scope)
    if each is None:
        return (spent,)
    spared = zip(queries.deflections(session, scope), answered_before(session, scope), strict=True)
    now, before, _ = (round(sum(counts) * each) for counts in spared)
    return (spent, Bar("Minutes saved, at least", now, before))


def _spent(totals: Sequence[PhoneTime]) -> Iterable[Cell]:
    return (minutes_cell(total.minutes, total.noted) for total in totals)


def _noted(shares: Sequence[tuple[int, int]]) -> Iterable[Cell]:
    return (share_cell(*share) for share in shares)


def _spared(session: Session, scope: ReportScope) -> tuple[Row, ...]:
    """What nobody had to report; nobody said who they were, so not where one kind of reporter is chosen."""
    if scope.reporter:
        return ()
    solved, known = queries.deflections(session, scope), answered_before(session, scope)
    return (
        Row("Solved without a ticket", _SOLVED, count_cells(solved)),
        Row("Answered before", _KNOWN, count_cells(known)),
        Row("Minutes saved, at least", _SAVED, (*_saved(session, scope, solved, known), _DASH)),
    )


def _saved(session: Session, scope: ReportScope, *spared: PeriodCounts) -> Iterable[Cell]:
    each = minutes_a_report(session, scope)
    if each is None:
        return (text_cell(f"not known: minutes of fewer than {MIN_KNOWN} calls were noted"), _DASH, _DASH)
    return (minutes_cell(round(sum(counts) * each), sum(counts)) for counts in zip(*spared, strict=True))


@once
def answered_before(session: Session, scope: ReportScope) -> PeriodCounts:
    """How often somebody had a known problem too and made no ticket of it."""
    moment = col(AffectedPerson.created_at)
    codes = [scope.service] if scope.service else scope.services
    query = select(*(func.count().filter(days.contains(moment)) for days in scope.periods)).where(
        col(AffectedPerson.service_id).in_([scope.services[code].id for code in codes]),
        col(AffectedPerson.ticket_number).is_(None),
        scope.all_days.contains(moment),
    )
    if scope.programme:
        is_of = select(col(Problem.id)).where(
            col(Problem.programme_id) == scope.programmes[scope.programme].id
        )
        query = query.where(col(AffectedPerson.problem_id).in_(is_of))
    return PeriodCounts(*session.execute(query).one())


def _costs(scope: ReportScope, times: Mapping[tuple[int, int], PhoneTime]) -> Iterable[Row]:
    """A row for each service that set what a minute costs it."""
    codes = [scope.service] if scope.service else scope.services
    for service in (scope.services[code] for code in codes):
        if service.minute_pence is not None:
            spent = [times.get((n, service.id), PhoneTime()) for n in range(len(scope.periods))]
            cells = (_cost_cell(time, service.minute_pence) for time in spent)
            yield Row(f"Cost at {service.name}", _COST.format(_owner(service)), (*cells, _DASH))


def _cost_cell(time: PhoneTime, pence: int) -> Cell:
    exact = f"£{time.minutes * pence / 100:,.2f}"
    shared = minutes_cell(time.minutes, time.noted)
    return Cell(exact, f"about £{shared.count * pence / 100:,.0f}" if shared.count else "not shown")


def _owner(service: Service) -> str:
    pounds = f"{service.minute_pence} pence a minute, from {service.minute_cost_owner}."
    is_old = service.minute_cost_review_on and service.minute_cost_review_on < clock.today()
    return f"{pounds} It should have been looked at again by now." if is_old else pounds
