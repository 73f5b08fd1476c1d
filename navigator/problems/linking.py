"""Links tickets to problems: the reporter gets the workaround at once."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.problems.problem import Problem, ProblemStatus
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import add_message, notify_reporter
from navigator.tickets.inputs import LinkInput
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import LIVE, Status, Ticket

NOTIFIED_STATUSES = LIVE | {Status.RESOLVED}
"""The ticket statuses in which a reporter is still notified of updates."""

_WORKAROUND = "We know about this problem.\n\nWhat you can do for now:\n{workaround}"
_HAS_A_FIX = (ProblemStatus.RELEASED, ProblemStatus.CLOSED)


def linkable_problems(session: Session, ticket: Ticket) -> Sequence[Problem]:
    """The problems that a ticket can be linked to: of its programme and not closed, same category first."""
    query = select(Problem).where(
        Problem.programme_id == ticket.programme_id, Problem.status != ProblemStatus.CLOSED
    )
    return session.exec(
        query.order_by(col(Problem.category) != ticket.category, col(Problem.id).desc())
    ).all()


def link(session: Session, actor: Actor, number: int, link_input: LinkInput) -> Ticket:
    """Link a ticket to a problem of its programme, or to none."""
    ticket = act(session, actor, Action.LINK, number, link_input.version, problem=link_input.problem_id)
    if link_input.problem_id in (None, ticket.problem_id):
        ticket.problem_id = link_input.problem_id
        return ticket
    problems = [
        problem for problem in linkable_problems(session, ticket) if problem.id == link_input.problem_id
    ]
    if not problems:
        raise Invalid("There is a problem", {"problem_id": "Choose a problem of the same programme."})
    ticket.problem_id = problems[0].id
    if problems[0].workaround and problems[0].status not in _HAS_A_FIX and ticket.status in NOTIFIED_STATUSES:
        write_update(session, actor, ticket, _WORKAROUND.format(workaround=problems[0].workaround))
    return ticket


def write_update(session: Session, actor: Actor, ticket: Ticket, body: str) -> None:
    """Add an update to the ticket as a message; the notification goes only where contact is safe."""
    add_message(session, actor, ticket, Action.UPDATE, body)
    ticket.first_replied_at = ticket.first_replied_at or clock.now()
    notify_reporter(session, ticket, "news")
