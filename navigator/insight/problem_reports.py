"""Reports of known problems in the periods of the managers’ report: how many, when, and which sessions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from navigator.catalogue.programme import Programme
from navigator.insight.queries import PeriodCounts, ReportScope, bucket_of, buckets, once
from navigator.problems.problem import Problem, ProblemStatus
from navigator.tickets.metrics import METRICS, Period, reported_in
from navigator.tickets.ticket import Ticket

MAX_PROBLEMS = 100
MOST_OF_THEM = 0.8
_IS_OVER = (ProblemStatus.RELEASED, ProblemStatus.CLOSED)


class Reported(NamedTuple):
    """A problem, its programme, and what was reported of it in the periods by those of the scope."""

    problem: Problem
    programme: str
    counts: PeriodCounts
    sessions: int
    days: Period
    """The shortest run of days, or of weeks of a long period, in which four of five reports of it came."""

    @property
    def is_over(self) -> bool:
        """Whether the supplier has released a fix, or somebody closed it."""
        return self.problem.status in _IS_OVER


@once
def reported_problems(session: Session, scope: ReportScope) -> list[Reported]:
    """Problems with a report in the period, those with most first."""
    problems = _problems(session, scope)
    if not problems:
        return []
    counts = _counts(session, scope, list(problems))
    sessions, courses = _sessions(session, scope, list(counts)), _courses(session, scope, list(counts))
    return [
        Reported(*problems[id], found, sessions.get(id, 0), _shortest_run(scope, courses[id]))
        for id, found in counts.items()
    ]


@once
def linked_reports(session: Session, scope: ReportScope) -> Mapping[tuple[Any, Any], PeriodCounts]:
    """How many reports of a category and a programme's code are of a known problem of the period."""
    ids = [reported.problem.id for reported in reported_problems(session, scope)]
    group = (col(Ticket.category), col(Programme.code))
    query = (
        select(*group, *_sides(scope))
        .join(Programme, col(Programme.id) == col(Ticket.programme_id))
        .where(*_of_problems(scope, ids))
        .group_by(*group)
    )
    return {(row[0], row[1]): PeriodCounts(*row[2:]) for row in session.execute(query)} if ids else {}


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


def _counts(session: Session, scope: ReportScope, ids: Sequence[int]) -> dict[int, PeriodCounts]:
    sides = _sides(scope)
    query = select(col(Ticket.problem_id), *sides).where(*_of_problems(scope, ids))
    query = query.group_by(col(Ticket.problem_id)).having(sides[0] > 0)
    rows = session.execute(query.order_by(sides[0].desc(), col(Ticket.problem_id)))
    return {row[0]: PeriodCounts(*row[1:]) for row in rows}


def _sides(scope: ReportScope) -> list[Any]:
    return [func.count().filter(reported_in(days)) for days in scope.periods]


def _of_problems(scope: ReportScope, ids: Sequence[int]) -> tuple[Any, ...]:
    return scope.ticket_condition(), col(Ticket.problem_id).in_(ids), reported_in(scope.all_days)


def _sessions(session: Session, scope: ReportScope, ids: Sequence[int]) -> dict[int, int]:
    problem_id, touched = col(Ticket.problem_id), METRICS["touched"].condition(scope.days)
    query = select(problem_id, func.count()).where(scope.ticket_condition(), problem_id.in_(ids), touched)
    return {id: count for id, count in session.execute(query.group_by(problem_id)) if id is not None}


def _courses(session: Session, scope: ReportScope, ids: Sequence[int]) -> Mapping[int, Counter[int]]:
    """How many reports of each problem came in each day or week of the period."""
    bucket = bucket_of(col(Ticket.reported_at), [days.start_at for days in buckets(scope.days)]).label(
        "bucket"
    )
    query = select(col(Ticket.problem_id), bucket, func.count()).where(
        *_of_problems(scope, ids), reported_in(scope.days)
    )
    courses = {id: Counter[int]() for id in ids}
    for id, number, count in session.execute(query.group_by(col(Ticket.problem_id), "bucket")):
        courses[id][number] += count
    return courses


def _shortest_run(scope: ReportScope, course: Counter[int]) -> Period:
    """The shortest run that holds most of a course, of those alike the one that holds more."""
    cut, wanted = buckets(scope.days), MOST_OF_THEM * course.total()
    runs = [
        (last - first, -held, Period(cut[first].first, cut[last].last))
        for first in range(len(cut))
        for last in range(first, len(cut))
        if (held := sum(course[n] for n in range(first, last + 1))) >= wanted
    ]
    return min(runs, key=lambda run: run[:2])[2]
