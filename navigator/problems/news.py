"""News of a problem: one text to everybody whose ticket is linked, and how far the problem has come."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from navigator.catalogue.place import Service
from navigator.errors import Conflict, Forbidden, Invalid
from navigator.people.actor import Actor
from navigator.people.person import Role
from navigator.problems.inputs import StatusInput, UpdateInput
from navigator.problems.linking import HEARS, write
from navigator.problems.records import find, require_keeper, step, touch
from navigator.tickets.lifecycle import act
from navigator.tickets.problem import Problem, ProblemStatus, ProblemUpdate
from navigator.tickets.sorting import set_clocks
from navigator.tickets.ticket import Action, Status, Ticket
from navigator.tickets.visibility import visible_to


def audience(session: Session, actor: Actor, problem: Problem) -> Sequence[int]:
    """The numbers of the linked tickets whose reporters an actor would write to, in order."""
    query = select(Ticket.number).where(
        Ticket.problem_id == problem.id,
        visible_to(actor),
        col(Ticket.service_id).in_(sorted(actor.services(Role.NAVIGATOR))),
        col(Ticket.status).in_(sorted(HEARS)),
    )
    return session.exec(query.order_by(col(Ticket.number))).all()


def tell(session: Session, actor: Actor, id: int, what: UpdateInput) -> ProblemUpdate:
    """Write one text to every linked reporter; once a fix is released, they are asked to try again."""
    problem = touch(find(session, actor, id, lock=True), what.version)
    return _tell(session, actor, problem, what.body, what.tickets)


def move(session: Session, actor: Actor, id: int, what: StatusInput) -> Problem:
    """Say how far a problem has come; with a released fix, every linked reporter is asked to try again."""
    problem = touch(find(session, actor, id, lock=True), what.version)
    require_keeper(actor, problem)
    if what.lacks_words:
        raise Invalid("There is a problem", {"body": "Write what linked reporters will read."})
    step(session, actor, problem, what.status)
    if what.status is ProblemStatus.RELEASED:
        _tell(session, actor, problem, what.body, what.tickets)
    return problem


def _tell(
    session: Session, actor: Actor, problem: Problem, body: str, shown: Sequence[int] | None
) -> ProblemUpdate:
    if not actor.has(Role.NAVIGATOR):
        raise Forbidden("Only navigators write to reporters.")
    numbers = audience(session, actor, problem)
    if shown is not None and list(shown) != list(numbers):
        raise Conflict("The list of tickets has changed since you saw it. Nothing was sent. Look again.")
    for number in numbers:
        write(session, actor, _reached(session, actor, number, problem), body)
    update = ProblemUpdate(
        problem_id=problem.id, author_id=actor.user_id, body=body, is_public=True, told=len(numbers)
    )
    session.add(update)
    session.flush()
    return update


def _reached(session: Session, actor: Actor, number: int, problem: Problem) -> Ticket:
    """The ticket, with the event that says that its reporter is written to; open again if a fix came."""
    ticket = act(session, actor, Action.UPDATE, number, problem=problem.id)
    if problem.status == ProblemStatus.RELEASED and ticket.status == Status.WAITING_FOR_SUPPLIER:
        act(session, actor, Action.REOPEN, number, problem=problem.id)
        set_clocks(ticket, session.get_one(Service, ticket.service_id))
    return ticket
