"""News of a problem: one text to everybody whose ticket is linked, and how far the problem has come."""

from collections.abc import Sequence

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from navigator.catalogue.service import Service
from navigator.errors import Conflict, Forbidden, Invalid
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from navigator.people.user import Role
from navigator.problems.inputs import StatusInput, UpdateInput
from navigator.problems.linking import HEARS, write_update
from navigator.problems.problem import Problem, ProblemStatus, ProblemUpdate
from navigator.problems.records import find, note, require_editor, set_status, touch
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ResolveInput
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import LIVE, Action, Resolution, Status, Ticket
from navigator.tickets.triage import recompute_deadlines
from navigator.tickets.visibility import find as find_ticket
from navigator.tickets.visibility import visible_to

_CHANGED = "The list of tickets has changed since you saw it. Nothing was sent. Look again."


def audience(session: Session, actor: Actor, problem: Problem, ends: bool = False) -> Sequence[int]:
    """The numbers of the linked tickets whose reporters an actor would write to, in order.

    When the problem `ends`, those that would be resolved: they are live, and need no clinician.
    """
    query = _linked(actor, problem).where(col(Ticket.status).in_(sorted(LIVE if ends else HEARS)))
    return session.exec(query.where(col(Ticket.has_open_review).is_(False)) if ends else query).all()


def left_out(session: Session, actor: Actor, problem: Problem) -> Sequence[int]:
    """The numbers of the live linked tickets that do not end with a problem: a clinician must read them."""
    query = _linked(actor, problem).where(col(Ticket.status).in_(sorted(LIVE)))
    return session.exec(query.where(col(Ticket.has_open_review).is_(True))).all()


def _linked(actor: Actor, problem: Problem) -> SelectOfScalar[int]:
    query = select(Ticket.number).where(
        Ticket.problem_id == problem.id,
        visible_to(actor),
        col(Ticket.service_id).in_(sorted(actor.services(Role.NAVIGATOR))),
    )
    return query.order_by(col(Ticket.number))


def send_update(session: Session, actor: Actor, id: int, what: UpdateInput) -> ProblemUpdate:
    """Write one text to every linked reporter; once a fix is released, they are asked to try again."""
    problem = touch(find(session, actor, id, lock=True), what.version)
    return _tell(session, actor, problem, what.body, what.tickets)


def change_status(session: Session, actor: Actor, id: int, what: StatusInput) -> Problem:
    """Say how far a problem has come.

    With a released fix, every linked reporter is asked to try again. What is closed with words is over: they
    are the answer to every linked ticket, which is resolved, but for those that a clinician must read.
    """
    problem = touch(find(session, actor, id, lock=True), what.version)
    require_editor(actor, problem)
    if what.lacks_words:
        raise Invalid("There is a problem", {"body": "Write what linked reporters will read."})
    set_status(session, actor, problem, what.status)
    if what.status is ProblemStatus.RELEASED:
        _tell(session, actor, problem, what.body, what.tickets)
    elif what.status is ProblemStatus.CLOSED and what.body:
        _end(session, actor, problem, what.body, what.tickets)
    return problem


def _tell(
    session: Session, actor: Actor, problem: Problem, body: str, shown: Sequence[int] | None
) -> ProblemUpdate:
    numbers = audience(session, actor, problem)
    _require_shown(actor, shown, numbers)
    for number in numbers:
        write_update(session, actor, _reached(session, actor, number, problem), body)
    return _kept(session, actor, problem, body, numbers)


def _end(session: Session, actor: Actor, problem: Problem, body: str, shown: Sequence[int] | None) -> None:
    numbers, left = audience(session, actor, problem, ends=True), left_out(session, actor, problem)
    _require_shown(actor, shown, numbers)
    for number in numbers:
        if find_ticket(session, actor, number, lock=True).has_open_review:  # since we looked
            raise Conflict(_CHANGED)
        staff.resolve(session, actor, number, ResolveInput(resolution=Resolution.FIXED, body=body))
    _kept(session, actor, problem, body, numbers)
    if left:
        note(session, actor, problem, f"Left open, for a clinician: {', '.join(map(reference, left))}.")


def _require_shown(actor: Actor, shown: Sequence[int] | None, numbers: Sequence[int]) -> None:
    if not actor.has(Role.NAVIGATOR):
        raise Forbidden("Only navigators write to reporters.")
    if shown is not None and list(shown) != list(numbers):
        raise Conflict(_CHANGED)


def _kept(
    session: Session, actor: Actor, problem: Problem, body: str, numbers: Sequence[int]
) -> ProblemUpdate:
    update = ProblemUpdate(
        problem_id=problem.id, author_id=actor.user_id, body=body, is_public=True, recipients=len(numbers)
    )
    session.add(update)
    session.flush()
    return update


def _reached(session: Session, actor: Actor, number: int, problem: Problem) -> Ticket:
    """The ticket, with the event that says that its reporter is written to; open again if a fix came."""
    ticket = act(session, actor, Action.UPDATE, number, problem=problem.id)
    if problem.status == ProblemStatus.RELEASED and ticket.status == Status.WAITING_FOR_SUPPLIER:
        act(session, actor, Action.REOPEN, number, problem=problem.id)
        recompute_deadlines(ticket, session.get_one(Service, ticket.service_id))
    return ticket
