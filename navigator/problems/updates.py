"""Problem updates: one text to the reporters of all linked tickets, and status changes."""

from collections.abc import Sequence

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from navigator.catalogue.service import Service
from navigator.errors import Conflict, Forbidden, Invalid
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems import affected
from navigator.problems.inputs import StatusInput, UpdateInput
from navigator.problems.linking import NOTIFIED_STATUSES, write_update
from navigator.problems.problem import Problem, ProblemStatus, ProblemUpdate
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import add_note, begin_change, find, note_left_out, require_editor, set_status
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import send_checks, staff
from navigator.tickets.actions.reassign import reassign_if_absent
from navigator.tickets.inputs import ResolveInput
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import LIVE, Resolution, Status, Ticket
from navigator.tickets.triage import recompute_deadlines
from navigator.tickets.visibility import find as find_ticket
from navigator.tickets.visibility import visible_to

LEFT_OPEN = "Left open, for a clinician"
_LIST_CHANGED = "The list of tickets has changed since you saw it. Nothing was sent. Look again."


def tickets_to_notify(
    session: Session, actor: Actor, problem: Problem, closing: bool = False
) -> Sequence[int]:
    """The numbers of the linked tickets whose reporters would be notified, in order.

    When `closing`, those that would be resolved. A ticket with an open clinical review is never among them.
    """
    query = _linked_tickets(actor, problem, closing)
    return session.exec(query.where(col(Ticket.has_open_review).is_(False))).all()


def tickets_left_out(
    session: Session, actor: Actor, problem: Problem, closing: bool = False
) -> Sequence[int]:
    """The numbers of those that would be too, but for their open clinical review: a clinician comes first."""
    query = _linked_tickets(actor, problem, closing)
    return session.exec(query.where(col(Ticket.has_open_review).is_(True))).all()


def _linked_tickets(actor: Actor, problem: Problem, closing: bool) -> SelectOfScalar[int]:
    query = select(Ticket.number).where(
        Ticket.problem_id == problem.id,
        visible_to(actor),
        col(Ticket.service_id).in_(sorted(actor.services(Role.NAVIGATOR))),
        col(Ticket.status).in_(sorted(LIVE if closing else NOTIFIED_STATUSES)),
    )
    return query.order_by(col(Ticket.number))


def send_update(session: Session, actor: Actor, id: int, update_input: UpdateInput) -> ProblemUpdate:
    """Send an update to the reporters of all linked tickets; after a released fix, reopen their tickets."""
    problem = begin_change(find(session, actor, id, lock=True), update_input.version)
    return _notify_all(session, actor, problem, update_input.body, update_input.tickets)


def change_status(session: Session, actor: Actor, id: int, status_input: StatusInput) -> Problem:
    """Change a problem's status.

    With a released fix, every linked reporter is asked to try again. If it is closed with a text, this is the
    answer that resolves every linked ticket, except those with an open clinical review.
    """
    problem = begin_change(find(session, actor, id, lock=True), status_input.version)
    require_editor(actor, problem)
    if status_input.lacks_body:
        raise Invalid("There is a problem", {"body": "Write what linked reporters will read."})
    set_status(session, actor, problem, status_input.status)
    tell_affected(session, actor, problem)
    if status_input.status is ProblemStatus.RELEASED:
        _notify_all(session, actor, problem, status_input.body, status_input.tickets)
    elif status_input.status is ProblemStatus.CLOSED and status_input.body:
        _resolve_all(session, actor, problem, status_input.body, status_input.tickets)
    return problem


def tell_affected(session: Session, actor: Actor, problem: Problem) -> None:
    """Tell those who only said that they have it too, once it is over."""
    told = affected.tell_everybody(session, problem) if problem.status in IS_OVER else 0
    if told:
        add_note(session, actor, problem, f"Told to try again, of those who have it too: {told}.")


def _notify_all(
    session: Session, actor: Actor, problem: Problem, body: str, seen: Sequence[int] | None
) -> ProblemUpdate:
    numbers, left_out = _recipients(session, actor, problem, seen, closing=False)
    _require_confirmed(session, actor, numbers, body)
    update = write_to_all(session, actor, problem, body, numbers)
    note_left_out(session, actor, problem, left_out)
    return update


def _resolve_all(
    session: Session, actor: Actor, problem: Problem, body: str, seen: Sequence[int] | None
) -> None:
    numbers, left_open = _recipients(session, actor, problem, seen, closing=True)
    _require_confirmed(session, actor, numbers, body)
    write_to_all(session, actor, problem, body, numbers, closing=True)
    note_left_out(session, actor, problem, left_open, LEFT_OPEN)


def write_to_all(
    session: Session,
    actor: Actor,
    problem: Problem,
    body: str,
    numbers: Sequence[int],
    closing: bool = False,
) -> ProblemUpdate:
    """Write one text to the reporters of these tickets, or, when `closing`, resolve them by it."""
    for number in numbers:
        if closing:
            staff.resolve(session, actor, number, ResolveInput(resolution=Resolution.FIXED, body=body))
        else:
            write_update(session, actor, _record_update(session, actor, number, problem), body)
    return _add_public_update(session, actor, problem, body, numbers)


def _recipients(
    session: Session, actor: Actor, problem: Problem, seen: Sequence[int] | None, closing: bool
) -> tuple[Sequence[int], Sequence[int]]:
    """The tickets that are written to, locked and just those that were seen; and those left out."""
    if not actor.has(Role.NAVIGATOR):
        raise Forbidden("Only navigators write to reporters.")
    numbers = tickets_to_notify(session, actor, problem, closing)
    left_out = tickets_left_out(session, actor, problem, closing)
    if seen is not None and list(seen) != list(numbers):
        raise Conflict(_LIST_CHANGED)
    if any(find_ticket(session, actor, number, lock=True).has_open_review for number in numbers):
        raise Conflict(_LIST_CHANGED)  # since we looked
    return numbers, left_out


def _require_confirmed(session: Session, actor: Actor, numbers: Sequence[int], body: str) -> None:
    tickets = [find_ticket(session, actor, number) for number in numbers]
    send_checks.require_confirmed(session, actor, tickets, body)


def warnings_before_update(session: Session, actor: Actor, numbers: Sequence[int], body: str) -> list[str]:
    """The warnings to show before one text is sent to the reporters of these tickets."""
    tickets = [find_ticket(session, actor, number) for number in numbers]
    return send_checks.bulk_send_warnings(session, tickets, body) if tickets and body else []


def _add_public_update(
    session: Session, actor: Actor, problem: Problem, body: str, numbers: Sequence[int]
) -> ProblemUpdate:
    update = ProblemUpdate(
        problem_id=problem.id, author_id=actor.user_id, body=body, is_public=True, recipients=len(numbers)
    )
    session.add(update)
    session.flush()
    return update


def _record_update(session: Session, actor: Actor, number: int, problem: Problem) -> Ticket:
    """Record the update event on a ticket; reopen it if it waited for a fix that is now released."""
    ticket = act(session, actor, Action.UPDATE, number, problem=problem.id)
    if problem.status == ProblemStatus.RELEASED and ticket.status == Status.WAITING_FOR_SUPPLIER:
        act(session, actor, Action.REOPEN, number, problem=problem.id)
        recompute_deadlines(ticket, session.get_one(Service, ticket.service_id))
        reassign_if_absent(session, ticket)
    return ticket
