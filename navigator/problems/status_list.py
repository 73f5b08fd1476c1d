"""Status of the programmes for everybody: what is wrong now, what is planned, and what was, notice by notice.

Nothing in it is a count of people, and nothing comes from a ticket. Its two questions are bounded.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.accepting_reports import services_taking_reports
from navigator.catalogue.programme import Programme
from navigator.errors import NotFound
from navigator.problems.notice import STATE_OF, ProblemNotice, PublicState
from navigator.problems.problem import Problem, ProblemStatus

HISTORY = timedelta(days=90)
MAX_ENTRIES = 100
MAX_NOTICES = 500

RUNNING, OVER = "running", "over"
"""Planned work that goes on now, and such whose time has passed."""

WORDS = MappingProxyType(
    {
        PublicState.PLANNED: "Planned work.",
        PublicState.INVESTIGATING: "We are finding out more.",
        PublicState.IDENTIFIED: "We know what causes it.",
        PublicState.MONITORING: "It may work again.",
        PublicState.RESOLVED: "It is over.",
        RUNNING: "Planned work is going on now.",
        OVER: "The time of this planned work is over.",
    }
)


@dataclass(frozen=True)
class StatusNotice:
    """One notice as everybody reads it."""

    id: int
    state: str
    words: str
    body: str
    published_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True)
class StatusEntry:
    """A problem, or planned work, as everybody sees it, with its notices, newest first."""

    id: int
    programme: str
    programme_name: str
    title: str
    workaround: str
    state: str
    words: str
    is_outage: bool
    since_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    notices: tuple[StatusNotice, ...]


@dataclass(frozen=True)
class ProgrammeStatus:
    """What is wrong now, what is planned, and what was in the last 90 days."""

    now: tuple[StatusEntry, ...]
    planned: tuple[StatusEntry, ...]
    past: tuple[StatusEntry, ...]


def public_programmes(session: Session) -> list[Programme]:
    """The programmes that everybody may ask about, by name: those of services that take reports."""
    programmes = {each.id: each for offer in services_taking_reports(session) for each in offer.programmes}
    return sorted(programmes.values(), key=lambda programme: programme.name.casefold())


def public_programme(session: Session, code: str) -> Programme:
    """One of them."""
    for programme in public_programmes(session):
        if programme.code == code:
            return programme
    raise NotFound("We know no such programme.")


def status_of(session: Session, programmes: Sequence[Programme]) -> ProgrammeStatus:
    """The status of these programmes."""
    entries = _entries(session, {programme.id: programme for programme in programmes})
    now = clock.now()
    return ProgrammeStatus(
        now=tuple(entry for entry in entries if _is_now(entry)),
        planned=tuple(
            sorted(
                (entry for entry in entries if entry.state == PublicState.PLANNED),
                key=lambda entry: entry.starts_at or now,
            )
        ),
        past=tuple(
            sorted(
                (entry for entry in entries if entry.ended_at is not None),
                key=lambda entry: entry.ended_at or now,
                reverse=True,
            )
        ),
    )


def _is_now(entry: StatusEntry) -> bool:
    return entry.ended_at is None and entry.state != PublicState.PLANNED


def _entries(session: Session, programmes: Mapping[int, Programme]) -> list[StatusEntry]:
    since = clock.now() - HISTORY
    is_recent = or_(col(Problem.status) != ProblemStatus.CLOSED, col(Problem.closed_at) >= since)
    is_not_long_over = or_(col(Problem.planned_until_at).is_(None), col(Problem.planned_until_at) >= since)
    query = (
        select(Problem)
        .where(col(Problem.is_public), is_recent, is_not_long_over)
        .where(col(Problem.programme_id).in_(sorted(programmes)))
        .order_by(
            # What is wrong now first: it is shown however much was put right since.
            col(Problem.status) == ProblemStatus.CLOSED,
            col(Problem.opened_at).desc(),
            col(Problem.id).desc(),
        )
        .limit(MAX_ENTRIES)
    )
    problems = session.exec(query).all()
    notices = _notices(session, [problem.id for problem in problems])
    return [_entry(problem, programmes[problem.programme_id], notices[problem.id]) for problem in problems]


def _notices(session: Session, ids: Sequence[int]) -> Mapping[int, list[StatusNotice]]:
    query = (
        select(ProblemNotice)
        .where(col(ProblemNotice.problem_id).in_(ids), col(ProblemNotice.published_at).is_not(None))
        .order_by(col(ProblemNotice.published_at).desc(), col(ProblemNotice.id).desc())
        .limit(MAX_NOTICES)
    )
    by_problem: dict[int, list[StatusNotice]] = defaultdict(list)
    for row in session.exec(query) if ids else ():
        by_problem[row.problem_id].append(notice_of(row))
    return by_problem


def notice_of(row: Any) -> StatusNotice:
    """A published notice as everybody reads it."""
    state = PublicState(row.state)
    return StatusNotice(row.id, state, WORDS[state], row.body, row.published_at, row.starts_at, row.ends_at)


def _entry(problem: Problem, programme: Programme, notices: Sequence[StatusNotice]) -> StatusEntry:
    state, ended_at = _state(problem)
    return StatusEntry(
        id=problem.id,
        programme=programme.code,
        programme_name=programme.name,
        title=problem.title,
        workaround=problem.workaround if ended_at is None else "",
        state=state,
        words=WORDS[state],
        is_outage=problem.is_outage,
        since_at=problem.opened_at,
        starts_at=problem.planned_from_at,
        ends_at=problem.planned_until_at,
        ended_at=ended_at,
        notices=tuple(notices),
    )


def _state(problem: Problem) -> tuple[str, datetime | None]:
    """The state that everybody sees, and since when it is over."""
    if problem.status == ProblemStatus.CLOSED:
        return PublicState.RESOLVED, problem.closed_at or problem.updated_at
    starts_at, ends_at = problem.planned_from_at, problem.planned_until_at
    if starts_at is None or ends_at is None:
        return STATE_OF[ProblemStatus(problem.status)], None
    now = clock.now()
    if now >= ends_at:
        return OVER, ends_at
    return (RUNNING if now >= starts_at else PublicState.PLANNED), None
