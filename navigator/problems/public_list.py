"""Public list of known problems: title, workaround, who can fix it, and status."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from threading import Lock
from time import monotonic
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.accepting_reports import (
    PublicNotice,
    ServiceOffer,
    privacy_notices,
    services_taking_reports,
)
from navigator.catalogue.catalogue import Fixability, catalogue
from navigator.catalogue.fixability import decide
from navigator.catalogue.lookups import override_for
from navigator.catalogue.programme import Programme
from navigator.catalogue.reference_data import reference_data
from navigator.database import STORAGE_DOWN, ask
from navigator.problems.problem import Problem, ProblemStatus
from navigator.request_dependencies import reading_session

S, F = ProblemStatus, Fixability
IS_OVER = frozenset({S.RELEASED, S.CLOSED})
MAX_PROBLEMS = 100
PLANNED_AHEAD = timedelta(days=7)
"""So long before it begins planned work stands on the home page; the status page has all of it."""
HOME_PAGE_WAITS = 1.0
"""Seconds that a home page waits for its list of problems."""
HOME_PAGE_KEEPS = 1.0
"""Seconds for which it keeps the list: in an outage hundreds ask for it, and the database need not."""
_COMPANY = "The company that makes the programme."
_AT_SUPPLIER = frozenset({S.WITH_SUPPLIER, S.FIX_PLANNED, S.RELEASED})

FIXED_BY = MappingProxyType(
    {
        F.NAVIGATOR: "A digital navigator in your service.",
        F.SERVICE: "Your service.",
        F.SUPPLIER: _COMPANY,
        F.PROTOCOL: "Nobody here. The programme is made this way.",
        F.DIVERT: "Your service.",
        F.NONE: "Nothing needs to be fixed.",
    }
)
STATUS_TEXT = MappingProxyType(
    {
        S.OPEN: "We are finding out more.",
        S.KNOWN_ERROR: "We know what causes it.",
        S.WITH_SUPPLIER: "We have told them.",
        S.FIX_PLANNED: "The company is going to put it right.",
        S.RELEASED: "The company says that it is put right. Please try again.",
    }
)


@dataclass(frozen=True)
class KnownProblem:
    """The public view of a problem: nothing else of it may be shown.

    `services` are the codes and names of those that take reports and offer the programme: somebody's own is
    one of them. Work that is planned has a beginning and an end, and nobody to ask if they have it too.
    """

    id: int
    programme: str
    title: str
    workaround: str
    who: str
    status: str
    since_at: datetime
    due_on: date | None
    is_over: bool = False
    is_outage: bool = False
    programme_code: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    services: tuple[tuple[str, str], ...] = ()


def known_problems(session: Session, programme: str = "", category: str = "") -> list[KnownProblem]:
    """The public problems of a programme and a category, by their codes, or all; newest first."""
    conditions = [Programme.code == programme] if programme else []
    return _public_views(session, *conditions, *([Problem.category == category] if category else []))


def open_outages(session: Session, programme: str) -> list[KnownProblem]:
    """The public outages of a programme that are not over, newest first, after planned work that goes on."""
    is_open = col(Problem.status).not_in(IS_OVER)
    outages = _public_views(session, Programme.code == programme, col(Problem.is_outage).is_(True), is_open)
    return planned_now(session, programme) + outages


def planned_now(session: Session, programme: str) -> list[KnownProblem]:
    """Planned work on a programme that goes on now."""
    return planned_work(session, timedelta(0), Programme.code == programme)


def planned_work(
    session: Session, ahead: timedelta, *conditions: ColumnElement[bool] | bool
) -> list[KnownProblem]:
    """Planned work that goes on now or begins within so long, soonest first."""
    now = clock.now()
    query = _PLANNED.where(*conditions) if conditions else _PLANNED
    return [_planned_view(row) for row in ask(session, query, now=now, near=now + ahead).all()]


def public_problem(session: Session, id: int | None) -> KnownProblem | None:
    """One public problem that is not closed."""
    return next(iter(_public_views(session, Problem.id == id)), None) if id else None


_ROWS = (
    select(  # type: ignore[call-overload]  # sqlmodel knows no more than four columns
        *(Problem.id, Problem.programme_id, Problem.category, Problem.title, Problem.workaround),
        *(Problem.status, Problem.opened_at, Problem.supplier_due_on, Problem.is_outage),
        *(Problem.planned_from_at, Problem.planned_until_at, Programme.name, Programme.code),
    )
    .join(Programme, col(Programme.id) == col(Problem.programme_id))
    .where(col(Problem.is_public), Problem.status != S.CLOSED)
    .limit(MAX_PROBLEMS)
)
_PUBLIC = _ROWS.where(col(Problem.planned_from_at).is_(None)).order_by(
    col(Problem.opened_at).desc(), col(Problem.id).desc()
)
_PLANNED = _ROWS.where(
    col(Problem.planned_from_at) <= bindparam("near"),
    col(Problem.planned_until_at) > bindparam("now"),
    *(Problem.status != status for status in IS_OVER),
).order_by(col(Problem.planned_from_at), col(Problem.id))


def _public_views(session: Session, *conditions: ColumnElement[bool] | bool) -> list[KnownProblem]:
    rows = ask(session, _PUBLIC.where(*conditions) if conditions else _PUBLIC).all()
    offers = services_taking_reports(session) if rows else []
    return [_public_view(session, offers, row) for row in rows]


def _public_view(session: Session, offers: Sequence[ServiceOffer], problem: Any) -> KnownProblem:
    return KnownProblem(
        id=problem.id,
        programme=problem.name,
        title=problem.title,
        workaround=problem.workaround,
        who=_fixed_by(session, problem),
        status=STATUS_TEXT[S(problem.status)],
        since_at=problem.opened_at,
        due_on=_due_on(problem),
        is_over=problem.status in IS_OVER,
        is_outage=problem.is_outage and problem.status not in IS_OVER,
        programme_code=problem.code,
        services=tuple(
            (offer.service.code, offer.service.name)
            for offer in offers
            if problem.code in {each.code for each in offer.programmes}
        ),
    )


def _planned_view(problem: Any) -> KnownProblem:
    return KnownProblem(
        id=problem.id,
        programme=problem.name,
        title=problem.title,
        workaround=problem.workaround,
        who="",
        status="",
        since_at=problem.opened_at,
        due_on=None,
        programme_code=problem.code,
        starts_at=problem.planned_from_at,
        ends_at=problem.planned_until_at,
    )


def _due_on(problem: Any) -> date | None:
    """The day that the company gave; one that has passed is no promise any more."""
    is_ahead = problem.supplier_due_on is not None and problem.supplier_due_on >= clock.today()
    return problem.supplier_due_on if is_ahead and problem.status == S.FIX_PLANNED else None


def _fixed_by(session: Session, problem: Any) -> str:
    if problem.status in _AT_SUPPLIER:
        return _COMPANY
    category = catalogue().category(problem.category)
    override = override_for(session, problem.programme_id, problem.category)
    return FIXED_BY[decide(category, override, frozenset()).fixability]


T = TypeVar("T")


class _SingleFlight(Generic[T]):
    """A list that a page shows at once or not at all: one thread reads it, for all who ask meanwhile."""

    pool = ThreadPoolExecutor(2, "home")

    def __init__(self, read: Callable[[], list[T]]) -> None:
        self._read, self._lock = read, Lock()
        self.under_way: Future[list[T]] | None = None
        self.kept: tuple[float, list[T]] = -inf, []

    def at_once(self) -> list[T] | None:
        """What is read; None if the database is not there, or does not answer at once."""
        with self._lock:
            if self.under_way is None or self.under_way.done():
                self.under_way = self.pool.submit(self._read)
            reading = self.under_way
        try:
            return reading.result(HOME_PAGE_WAITS)
        except (*STORAGE_DOWN, TimeoutError):
            return None

    def kept_for(self, seconds: float) -> list[T] | None:
        """The same as it was read last, if that is not longer ago."""
        read_at, found = self.kept
        if monotonic() - read_at < seconds:
            return found
        if (read := self.at_once()) is not None:
            self.kept = monotonic(), read
        return read


def problems_on_home_page() -> list[KnownProblem]:
    """The known problems for the home page; none if the database is not there, or does not answer at once.

    The page has the crisis numbers on it: it never waits for a database that hangs.
    """
    return _PROBLEMS.kept_for(HOME_PAGE_KEEPS) or []


def notices_on_privacy_page() -> list[PublicNotice]:
    """What services say of the records that they keep; none where the database does not answer at once."""
    return _NOTICES.at_once() or []


def _read_notices() -> list[PublicNotice]:
    with reading_session() as session:
        return privacy_notices(session)


def _read_home_page() -> list[KnownProblem]:
    with reading_session() as session:
        reference_data(session)  # which says what languages the page is offered in
        return planned_work(session, PLANNED_AHEAD) + known_problems(session)


_PROBLEMS, _NOTICES = _SingleFlight(_read_home_page), _SingleFlight(_read_notices)
