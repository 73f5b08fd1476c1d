"""Linking a ticket to the problem behind it: its reporter gets the workaround at once."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.problems.inputs import LinkInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.tickets.actions.messages import add_message, notify_reporter
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import LIVE, Action, Status, Ticket

HEARS = LIVE | {Status.RESOLVED}
"""The statuses in which a reporter still waits for news."""

_WORKAROUND = "We know about this problem.\n\nWhat you can do for now:\n{workaround}"
_HAS_A_FIX = (ProblemStatus.RELEASED, ProblemStatus.CLOSED)


def linkable_problems(session: Session, ticket: Ticket) -> Sequence[Problem]:
    """The problems that may lie behind a ticket: of its programme and not closed, its own kind first."""
    query = select(Problem).where(
        Problem.programme_id == ticket.programme_id, Problem.status != ProblemStatus.CLOSED
    )
    return session.exec(
        query.order_by(col(Problem.category) != ticket.category, col(Problem.id).desc())
    ).all()


def link(session: Session, actor: Actor, number: int, what: LinkInput) -> Ticket:
    """Link a ticket to a problem of its programme, or to none."""
    ticket = act(session, actor, Action.LINK, number, what.version, problem=what.problem_id)
    if what.problem_id in (None, ticket.problem_id):
        ticket.problem_id = what.problem_id
        return ticket
    found = [problem for problem in linkable_problems(session, ticket) if problem.id == what.problem_id]
    if not found:
        raise Invalid("There is a problem", {"problem_id": "Choose a problem of the same programme."})
    ticket.problem_id = found[0].id
    if found[0].workaround and found[0].status not in _HAS_A_FIX and ticket.status in HEARS:
        write_update(session, actor, ticket, _WORKAROUND.format(workaround=found[0].workaround))
    return ticket


def write_update(session: Session, actor: Actor, ticket: Ticket, body: str) -> None:
    """Put news on a reporter's private page; the letter that says so goes only where that is safe."""
    add_message(session, actor, ticket, Action.UPDATE, body)
    ticket.first_replied_at = ticket.first_replied_at or clock.now()
    notify_reporter(session, ticket, "news")
