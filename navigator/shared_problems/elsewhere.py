"""Problems at other desks: listed for staff, adopted into a known problem here, and their counts joined."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pydantic import Field
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import programmes_of, services
from navigator.catalogue.programme import Programme
from navigator.errors import Conflict, Invalid, NotFound
from navigator.fields import Id, Input, Line
from navigator.people.actor import Actor
from navigator.problems.inputs import NewProblemInput, RequiredLine
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.records import MAY_EDIT, add_note, find, open_problem, require_editor
from navigator.shared_problems.tables import PeerDesk, SharedProblem

PAGE = 100
_NEWEST_FIRST = (col(SharedProblem.published_at).desc(), col(SharedProblem.id).desc())


class AdoptInput(Input):
    """Where a problem of another desk belongs here: what its own words say is chosen already.

    `problem_id` is the known problem that it is, where there is one already.
    """

    service: RequiredLine = Field(title="the service")
    programme: RequiredLine = Field(title="the programme")
    category: Line = Field(default="", title="what kind of problem it is")
    problem_id: Id | None = None


@dataclass(frozen=True)
class Elsewhere:
    """A problem at another desk, that desk’s name, and the code of our programme of the same name."""

    problem: SharedProblem
    desk: str
    programme: str


@dataclass(frozen=True)
class Joined:
    """How many desks said of a problem here that they have it too, and how many reports those said."""

    desks: int = 0
    reports: int = 0
    withdrawn: int = 0


def list_elsewhere(session: Session, actor: Actor) -> list[Elsewhere]:
    """The problems at other desks, those of one's own programmes first, then the newest."""
    own = _own_programmes(session, actor)
    spelt = session.exec(select(SharedProblem.programme).distinct()).all()  # as each desk writes them
    is_other = col(SharedProblem.programme).not_in([name for name in spelt if name.casefold() in own])
    rows = session.exec(_live().order_by(is_other, *_NEWEST_FIRST).limit(PAGE)).all()
    return [Elsewhere(problem, desk, own.get(problem.programme.casefold(), "")) for problem, desk in rows]


def _live() -> Select[SharedProblem, str]:
    query = select(SharedProblem, PeerDesk.name).join(
        PeerDesk, col(PeerDesk.id) == col(SharedProblem.peer_id)
    )
    return query.where(col(SharedProblem.withdrawn_at).is_(None), col(PeerDesk.is_active))


def _own_programmes(session: Session, actor: Actor) -> dict[str, str]:
    """The codes of the programmes of one's services, by their names."""
    own = (each for each in services(session) if each.id in actor.services(*MAY_EDIT))
    return {each.name.casefold(): each.code for service in own for each in programmes_of(session, service.id)}


def find_elsewhere(session: Session, actor: Actor, id: int, lock: bool = False) -> Elsewhere:
    """One problem at another desk."""
    query = _live().where(SharedProblem.id == id)
    row = session.exec(query.with_for_update(of=SharedProblem) if lock else query).one_or_none()
    if row is None:
        raise NotFound("This problem is not there any more. The other desk may have taken it back.")
    programme = _own_programmes(session, actor).get(row[0].programme.casefold(), "")
    return Elsewhere(row[0], row[1], programme)


def known_here(session: Session, actor: Actor, each: Elsewhere) -> Sequence[Problem]:
    """The problems of the same programme here, which it may be; those of its category first."""
    query = select(Problem).join(Programme, col(Programme.id) == col(Problem.programme_id))
    query = query.where(Programme.code == each.programme, Problem.status != ProblemStatus.CLOSED)
    query = query.where(col(Problem.service_id).in_(sorted(actor.services(*MAY_EDIT))))
    is_other = col(Problem.category) != each.problem.category
    return session.exec(query.order_by(is_other, col(Problem.id).desc()).limit(PAGE)).all()


def adopt(session: Session, actor: Actor, id: int, adopt_input: AdoptInput) -> Problem:
    """Make a known problem here of one at another desk, in its words, or join it to one that there is."""
    each = find_elsewhere(session, actor, id, lock=True)
    row = each.problem
    if row.problem_id is not None:
        raise Conflict("Somebody has adopted this problem already.")
    if adopt_input.problem_id:
        problem = find(session, actor, adopt_input.problem_id, lock=True)
        require_editor(actor, problem)
    else:
        problem = _open(session, actor, row, adopt_input)
    row.problem_id, row.adopted_by, row.adopted_at = problem.id, actor.user_id, clock.now()
    add_note(session, actor, problem, f"It is at another desk too: {each.desk}.")
    session.flush()
    return problem


def _open(session: Session, actor: Actor, row: SharedProblem, adopt_input: AdoptInput) -> Problem:
    versions = f"Versions: {row.versions}" if row.versions else ""
    category = adopt_input.category or row.category
    if category not in {leaf.id for leaf in catalogue().leaves}:
        raise Invalid("There is a problem", {"category": "Choose what kind of problem it is"})
    return open_problem(
        session,
        actor,
        NewProblemInput(
            service=adopt_input.service,
            programme=adopt_input.programme,
            category=category,
            title=row.title,
            known="\n\n".join(filter(None, (row.known, versions))),
            workaround=row.workaround,
        ),
    )


def joined(session: Session, ids: Collection[int]) -> dict[int, Joined]:
    """By the problems here, what other desks said of them; numbers under five are none of theirs to know."""
    query = select(SharedProblem).join(PeerDesk, col(PeerDesk.id) == col(SharedProblem.peer_id))
    rows = session.exec(query.where(col(SharedProblem.problem_id).in_(sorted(ids)), col(PeerDesk.is_active)))
    found: dict[int, Joined] = {}
    for row in rows:
        so_far, is_gone = found.get(row.problem_id or 0, Joined()), row.withdrawn_at is not None
        found[row.problem_id or 0] = Joined(
            so_far.desks + (not is_gone), so_far.reports + (row.reports or 0), so_far.withdrawn + is_gone
        )
    return found
