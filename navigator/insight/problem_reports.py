"""Reports of known problems in the periods of the managers’ report: how many, when, and which sessions."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.insight.buckets import bucket_of, buckets
from navigator.insight.queries import (
    THIS_PERIOD,
    PeriodCounts,
    ReportScope,
    buckets_of,
    compared_programmes,
    once,
)
from navigator.problems.problem import Problem, ProblemStatus
from navigator.small_numbers import MIN_COUNT
from navigator.tickets.metrics import METRICS, Period, reported_in
from navigator.tickets.ticket import Ticket

MAX_PROBLEMS = 100
MOST_OF_THEM = 0.8
_IS_OVER = (ProblemStatus.RELEASED, ProblemStatus.CLOSED)


Course = Counter[int]
"""How many reports came in each bucket."""


class Reported(NamedTuple):
    """A problem, its programme, and what was reported of it in the periods by those of the scope."""

    problem: Problem
    programme: str
    counts: PeriodCounts
    sessions: int
    days: Period
    """The shortest run of days, or of weeks of a long period, in which four of five reports of it came."""
    is_short: bool
    """Whether that is a quarter of the period at most."""
    is_comparable: bool
    """Whether the period before is whole: a young programme’s is not, and everything would seem to rise."""

    @property
    def is_over(self) -> bool:
        """Whether the supplier has released a fix, or somebody closed it."""
        return self.problem.status in _IS_OVER

    @property
    def ended_on(self) -> date | None:
        """The day on which a fix was released, or it was closed."""
        ended_at = self.problem.released_at or self.problem.closed_at
        return clock.local(ended_at).date() if ended_at and self.is_over else None

    @property
    def broke(self) -> bool:
        """Whether it began or rose in the period: an outage, or more reports than by chance.

        Where the period before cannot tell, most of them must have come within a quarter of this one.
        """
        is_rise = self.counts.is_rise and (self.is_comparable or self.is_short)
        return self.counts.now >= MIN_COUNT and (self.problem.is_outage or is_rise)


@once
def reported_problems(session: Session, scope: ReportScope) -> list[Reported]:
    """Problems with a report in the period, those with most first."""
    problems = _problems(session, scope)
    courses = _courses(session, scope)
    counts = {id: _in_periods(course) for id, course in courses.items()}
    ids = sorted((id for id in counts if counts[id].now), key=lambda id: (-counts[id].now, id))
    sessions = _sessions(session, scope, ids)
    whole = {scope.programmes[code].id for code in compared_programmes(session, scope) if code}
    return [
        Reported(
            *problems[id],
            counts[id],
            sessions.get(id, 0),
            run := _shortest_run(scope, courses[id]),
            is_comparable=problems[id][0].programme_id in whole,
            is_short=4 * run.length <= scope.days.length,
        )
        for id in ids
    ]


@once
def linked_reports(session: Session, scope: ReportScope) -> Mapping[tuple[Any, Any], PeriodCounts]:
    """How many reports of a category and a programme's code are of a known problem of the period."""
    known = [reported.problem.id for reported in reported_problems(session, scope)]
    by_kind: dict[tuple[Any, Any], Course] = defaultdict(Counter)
    group = (col(Ticket.category), col(Programme.code))
    starts = [days.start_at for days in reversed(scope.periods)]
    for bucket, *kind, reports in session.execute(_linked(scope, known, starts, *group)):
        by_kind[kind[0], kind[1]][bucket] = reports
    return {kind: _in_periods(course) for kind, course in by_kind.items()}


def _courses(session: Session, scope: ReportScope) -> Mapping[int, Course]:
    """How many reports of each problem came in the periods before, and in each day or week of the period."""
    starts = [days.start_at for days in buckets_of(scope)]
    query = _linked(scope, list(_problems(session, scope)), starts, col(Ticket.problem_id))
    courses: dict[int, Course] = defaultdict(Counter)
    for bucket, problem_id, reports in session.execute(query):
        courses[problem_id][bucket] = reports
    return courses


def _in_periods(course: Course) -> PeriodCounts:
    before = [course[bucket] for bucket in reversed(range(THIS_PERIOD))]
    return PeriodCounts(course.total() - sum(before), *before)


def _linked(scope: ReportScope, ids: Sequence[int], starts: Sequence[datetime], *group: Any) -> Select[Any]:
    """How many reports of these problems came since each start, by the index of problems and times."""
    bucket = bucket_of(col(Ticket.reported_at), starts).label("bucket")
    return (
        select(bucket, *group, func.count())
        .select_from(Ticket)
        .join(Programme, col(Programme.id) == col(Ticket.programme_id), isouter=True)
        .where(col(Ticket.problem_id).in_(ids), reported_in(scope.all_days), scope.ticket_condition())
        .group_by("bucket", *group)
    )


@once
def _problems(session: Session, scope: ReportScope) -> dict[int, tuple[Problem, str]]:
    """The problems that may be of the period: newest first, not those that were over before it began."""
    ended_at = func.coalesce(col(Problem.closed_at), col(Problem.released_at))
    codes = [scope.programme] if scope.programme else list(scope.programmes)
    query = (
        select(Problem, col(Programme.name))
        .join(Programme, col(Programme.id) == col(Problem.programme_id))
        .where(col(Programme.code).in_(codes), or_(ended_at.is_(None), ended_at >= scope.days.start_at))
        .order_by(col(Problem.id).desc())
        .limit(MAX_PROBLEMS)
    )
    return {problem.id: (problem, name) for problem, name in session.execute(query)}


def _sessions(session: Session, scope: ReportScope, ids: Sequence[int]) -> dict[int, int]:
    if not ids:
        return {}
    problem_id, touched = col(Ticket.problem_id), METRICS["touched"].condition(scope.days)
    query = select(problem_id, func.count()).where(scope.ticket_condition(), problem_id.in_(ids), touched)
    return {id: count for id, count in session.execute(query.group_by(problem_id)) if id is not None}


def _shortest_run(scope: ReportScope, course: Course) -> Period:
    """The shortest run that holds most of the reports of the period, of those alike the one with more."""
    cut = buckets(scope.days)
    until = [0, *accumulate(course[THIS_PERIOD + n] for n in range(len(cut)))]
    wanted = MOST_OF_THEM * until[-1]
    runs = [
        (last - first, -held, Period(cut[first].first, cut[last].last))
        for first in range(len(cut))
        for last in range(first, len(cut))
        if (held := until[last + 1] - until[first]) >= wanted
    ]
    return min(runs, key=lambda run: run[:2])[2]
