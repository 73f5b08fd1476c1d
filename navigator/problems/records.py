"""Problem records: who sees them, opening one, and changing what is known."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.catalogue.programme import ServiceProgramme
from navigator.errors import Forbidden, Invalid, NotFound, Stale
from navigator.people.actor import Actor
from navigator.people.user import Role, User
from navigator.problems.inputs import OpenInput, ProblemInput
from navigator.problems.problem import Problem, ProblemStatus, ProblemUpdate

MAY_EDIT = (Role.NAVIGATOR, Role.MANAGER)
PAGE = 100


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a problem exists for an actor: their service offers its programme."""
    offered = select(ServiceProgramme.programme_id).where(
        col(ServiceProgramme.service_id).in_(sorted(actor.services(*MAY_EDIT)))
    )
    return col(Problem.programme_id).in_(offered)


def listed(session: Session, actor: Actor, before: int | None = None, limit: int = PAGE) -> Sequence[Problem]:
    """The problems that an actor may see, newest first; `before` is the last one of the page before."""
    query = select(Problem).where(visible(actor))
    if before is not None:
        query = query.where(col(Problem.id) < before)
    return session.exec(query.order_by(col(Problem.id).desc()).limit(limit)).all()


def find(session: Session, actor: Actor, id: int, lock: bool = False) -> Problem:
    """The problem of that id; for whoever may not see it there is none."""
    query = select(Problem).where(Problem.id == id, visible(actor))
    if lock:
        # Not the strongest lock: somebody who links a ticket meanwhile need not wait.
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    problem = session.exec(query).one_or_none()
    if problem is None:
        raise NotFound("We cannot find that problem.")
    return problem


def may_edit(actor: Actor, problem: Problem) -> bool:
    """Whether an actor may change a problem: theirs is the service that looks after it."""
    return problem.service_id in actor.services(*MAY_EDIT)


def open_problem(session: Session, actor: Actor, what: OpenInput) -> Problem:
    """Write down a problem that lies behind what people report."""
    service = service_by_code(session, what.service)
    programme = programme_by_code(session, service, what.programme)
    if programme is None or service.id not in actor.services(*MAY_EDIT):
        raise Invalid("There is a problem", {"service": "Choose a service from the list."})
    facts = what.model_dump(exclude={"service", "programme", "version"})
    problem = Problem(service_id=service.id, programme_id=programme.id, opened_by=actor.user_id, **facts)
    session.add(problem)
    session.flush()
    return problem


def edit(session: Session, actor: Actor, id: int, what: ProblemInput) -> Problem:
    """Change what is known; what was changed stays readable in the problem's history."""
    problem = touch(find(session, actor, id, lock=True), what.version)
    require_editor(actor, problem)
    facts = what.model_dump(exclude={"version"})
    changed = [name for name, value in facts.items() if getattr(problem, name) != value]
    for name in changed:
        setattr(problem, name, facts[name])
    if changed:
        note(session, actor, problem, f"Changed: {', '.join(changed).replace('_', ' ')}.")
    return problem


def require_editor(actor: Actor, problem: Problem) -> None:
    """Refuse whoever may only read."""
    if not may_edit(actor, problem):
        raise Forbidden("Another service looks after this problem. Ask them to change it.")


def touch(problem: Problem, version: int | None) -> Problem:
    """Begin a change of a problem, unless somebody changed it since it was seen at `version`."""
    if version is not None and version != problem.version:
        words = "Somebody changed this problem while you were looking at it. Nothing was saved."
        raise Stale(words, version)
    problem.version += 1
    problem.updated_at = clock.now()
    return problem


def note(session: Session, actor: Actor, problem: Problem, words: str) -> None:
    """Keep in the problem's history, for staff, what was done."""
    session.add(ProblemUpdate(problem_id=problem.id, author_id=actor.user_id, body=words))


def set_status(session: Session, actor: Actor, problem: Problem, status: ProblemStatus) -> None:
    """Let a problem stand at a status, with the time that belongs to it."""
    if problem.status == status:
        return
    note(session, actor, problem, f"From {_plain(problem.status)} to {_plain(status)}.")
    problem.status = status
    if status is ProblemStatus.RELEASED:
        problem.released_at = clock.now()
    problem.closed_at = clock.now() if status is ProblemStatus.CLOSED else None


def history(
    session: Session, problem: Problem, before: int | None = None
) -> Sequence[tuple[ProblemUpdate, str | None]]:
    """A page of what was done and what was told, newest first, with who did it."""
    query = select(ProblemUpdate, col(User.name)).outerjoin(
        User, col(User.id) == col(ProblemUpdate.author_id)
    )
    query = query.where(ProblemUpdate.problem_id == problem.id)
    if before is not None:
        query = query.where(col(ProblemUpdate.id) < before)
    return session.exec(query.order_by(col(ProblemUpdate.id).desc()).limit(PAGE)).all()


def _plain(status: str) -> str:
    return f"“{status.replace('_', ' ')}”"
