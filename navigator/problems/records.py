"""Problem records (ITIL): permissions, opening, editing, status and history."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, literal
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.catalogue.programme import ServiceProgramme
from navigator.errors import Forbidden, Invalid, NotFound, Stale
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from navigator.people.user import Role, User
from navigator.problems.inputs import NewProblemInput, ProblemInput
from navigator.problems.problem import Problem, ProblemStatus, ProblemUpdate
from navigator.problems.supplier_entry import SupplierEntry, SupplierStep

MAY_EDIT = (Role.NAVIGATOR, Role.MANAGER)
PAGE = 100


def problem_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition for a problem to be visible: the actor's service offers its programme."""
    # Each service a parameter of its own: a list is written anew each time that a statement runs.
    services = [literal(service) for service in sorted(actor.services(*MAY_EDIT))]
    offered = select(ServiceProgramme.programme_id).where(col(ServiceProgramme.service_id).in_(services))
    return col(Problem.programme_id).in_(offered)


def list_problems(
    session: Session, actor: Actor, before: int | None = None, limit: int = PAGE
) -> Sequence[Problem]:
    """A page of the problems that the actor may see, newest first, with ids before `before`."""
    query = select(Problem).where(problem_visible_to(actor))
    if before is not None:
        query = query.where(col(Problem.id) < before)
    return session.exec(query.order_by(col(Problem.id).desc()).limit(limit)).all()


def find(session: Session, actor: Actor, id: int, lock: bool = False) -> Problem:
    """One problem, if the actor may see it; not found otherwise."""
    query = select(Problem).where(Problem.id == id, problem_visible_to(actor))
    if lock:
        # Not the strongest lock: somebody who links a ticket meanwhile need not wait.
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    problem = session.exec(query).one_or_none()
    if problem is None:
        raise NotFound("We cannot find that problem.")
    return problem


def may_edit(actor: Actor, problem: Problem) -> bool:
    """Whether the actor may edit a problem: only staff of the service that owns it."""
    return problem.service_id in actor.services(*MAY_EDIT)


def open_problem(session: Session, actor: Actor, problem_input: NewProblemInput) -> Problem:
    """Open a problem record."""
    service = service_by_code(session, problem_input.service)
    programme = programme_by_code(session, service, problem_input.programme)
    if programme is None or service.id not in actor.services(*MAY_EDIT):
        raise Invalid("There is a problem", {"service": "Choose a service from the list."})
    values = problem_input.model_dump(exclude={"service", "programme", "version"})
    problem = Problem(service_id=service.id, programme_id=programme.id, opened_by=actor.user_id, **values)
    session.add(problem)
    session.flush()
    _keep_promise(session, actor, problem)
    return problem


def _keep_promise(session: Session, actor: Actor, problem: Problem) -> None:
    if problem.supplier_due_on:
        add_step(session, actor, problem, SupplierStep.PROMISED, due_on=problem.supplier_due_on)


def edit(session: Session, actor: Actor, id: int, problem_input: ProblemInput) -> Problem:
    """Edit a problem; the history names the fields that were changed."""
    problem = begin_change(find(session, actor, id, lock=True), problem_input.version)
    require_editor(actor, problem)
    values = problem_input.model_dump(exclude={"version"})
    changed = [name for name, value in values.items() if getattr(problem, name) != value]
    for name in changed:
        setattr(problem, name, values[name])
    if "supplier_due_on" in changed:
        _keep_promise(session, actor, problem)
    if changed:
        add_note(session, actor, problem, f"Changed: {', '.join(changed).replace('_', ' ')}.")
    return problem


def require_editor(actor: Actor, problem: Problem) -> None:
    """Refuse actors who may only read."""
    if not may_edit(actor, problem):
        raise Forbidden("Another service looks after this problem. Ask them to change it.")


def begin_change(problem: Problem, version: int | None) -> Problem:
    """Optimistic locking: refuse if the problem has changed since `version`, else raise its version."""
    if version is not None and version != problem.version:
        message = "This problem has changed since you opened it. Nothing was saved."
        raise Stale(message, version)
    problem.version += 1
    problem.updated_at = clock.now()
    return problem


def add_note(session: Session, actor: Actor, problem: Problem, text: str) -> None:
    """Add a note for staff to the problem's history."""
    session.add(ProblemUpdate(problem_id=problem.id, author_id=actor.user_id, body=text))


def add_step(
    session: Session, actor: Actor, problem: Problem, kind: SupplierStep, **facts: Any
) -> SupplierEntry:
    """Write down what passed between us and the supplier, today unless `happened_on` says otherwise."""
    values = {"happened_on": clock.today(), "user_id": actor.user_id} | facts
    entry = SupplierEntry(problem_id=problem.id, kind=kind, **values)
    session.add(entry)
    session.flush()
    return entry


def note_left_out(
    session: Session,
    actor: Actor,
    problem: Problem,
    numbers: Sequence[int],
    words: str = "Not written to, for a clinician",
) -> None:
    """Add a note that names the tickets which were left out, if any were."""
    if numbers:
        add_note(session, actor, problem, f"{words}: {', '.join(map(reference, numbers))}.")


def set_status(session: Session, actor: Actor, problem: Problem, status: ProblemStatus) -> None:
    """Set a problem's status and its timestamps, with a note in the history."""
    if problem.status == status:
        return
    add_note(session, actor, problem, f"From {_status_text(problem.status)} to {_status_text(status)}.")
    problem.status = status
    if status is ProblemStatus.RELEASED:
        problem.released_at = clock.now()
        add_step(session, actor, problem, SupplierStep.RELEASED)
    problem.closed_at = clock.now() if status is ProblemStatus.CLOSED else None


def history(
    session: Session, problem: Problem, before: int | None = None
) -> Sequence[tuple[ProblemUpdate, str | None]]:
    """A page of a problem's history, newest first, with the names of the authors."""
    query = select(ProblemUpdate, col(User.name)).outerjoin(
        User, col(User.id) == col(ProblemUpdate.author_id)
    )
    query = query.where(ProblemUpdate.problem_id == problem.id)
    if before is not None:
        query = query.where(col(ProblemUpdate.id) < before)
    return session.exec(query.order_by(col(ProblemUpdate.id).desc()).limit(PAGE)).all()


def _status_text(status: str) -> str:
    return f"“{status.replace('_', ' ')}”"
