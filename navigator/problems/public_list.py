"""The public list of what is known: a title, a workaround, who can fix it, and how far it has come."""

from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlmodel import Session, col, select

from navigator.catalogue.catalogue import Fixability, catalogue
from navigator.catalogue.fixability import decide
from navigator.catalogue.lookups import override_for
from navigator.catalogue.programme import Programme
from navigator.database import STORAGE_DOWN
from navigator.problems.problem import Problem, ProblemStatus

S, F = ProblemStatus, Fixability
MOST = 100
_COMPANY = "The company that makes the programme."
_AT_SUPPLIER = frozenset({S.WITH_SUPPLIER, S.FIX_PLANNED, S.RELEASED})

WHO = MappingProxyType(
    {
        F.NAVIGATOR: "A digital navigator in your service.",
        F.SERVICE: "Your service.",
        F.SUPPLIER: _COMPANY,
        F.PROTOCOL: "Nobody here. The programme is made this way.",
        F.DIVERT: "Your service.",
        F.NONE: "Nothing needs to be fixed.",
    }
)
STANDING = MappingProxyType(
    {
        S.OPEN: "We are finding out more.",
        S.KNOWN_ERROR: "We know what causes it.",
        S.WITH_SUPPLIER: "We have told the company that makes the programme.",
        S.FIX_PLANNED: "The company is going to put it right.",
        S.RELEASED: "The company says that it is put right. Please try again.",
    }
)


@dataclass(frozen=True)
class KnownProblem:
    """What everybody may read of a problem, and nothing else of it."""

    programme: str
    title: str
    workaround: str
    who: str
    status: str
    since_at: datetime
    due_on: date | None


def known_problems(session: Session, programme: str = "", category: str = "") -> list[KnownProblem]:
    """What is known and public of a programme and a leaf, by their codes, or of all; newest first."""
    query = (
        select(Problem, Programme)
        .join(Programme, col(Programme.id) == col(Problem.programme_id))
        .where(col(Problem.is_public), Problem.status != S.CLOSED)
    )
    if programme:
        query = query.where(Programme.code == programme)
    if category:
        query = query.where(Problem.category == category)
    rows = session.exec(query.order_by(col(Problem.opened_at).desc(), col(Problem.id).desc()).limit(MOST))
    return [_told(session, problem, of) for problem, of in rows.all()]


def _told(session: Session, problem: Problem, of: Programme) -> KnownProblem:
    return KnownProblem(
        programme=of.name,
        title=problem.title,
        workaround=problem.workaround,
        who=_who(session, problem),
        status=STANDING[S(problem.status)],
        since_at=problem.opened_at,
        due_on=problem.supplier_due_on if problem.status == S.FIX_PLANNED else None,
    )


def _who(session: Session, problem: Problem) -> str:
    if problem.status in _AT_SUPPLIER:
        return _COMPANY
    leaf = catalogue().category(problem.category)
    override = override_for(session, problem.programme_id, problem.category)
    return WHO[decide(leaf, override, frozenset()).fixability]


def problems_on_home_page(session: Session) -> list[KnownProblem]:
    """What hangs at the entrance, which stays open when the storage does not."""
    try:
        return known_problems(session)
    except STORAGE_DOWN:
        return []
