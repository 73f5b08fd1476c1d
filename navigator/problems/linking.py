"""Links tickets to problems: the reporter gets the workaround, if whoever links says so."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Conflict, Invalid
from navigator.people.actor import Actor
from navigator.problems.problem import Problem, ProblemStatus
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import add_message, notify_reporter
from navigator.tickets.inputs import LinkInput
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import LIVE, Event, Message, Status, Ticket

NOTIFIED_STATUSES = LIVE | {Status.RESOLVED}
"""The ticket statuses in which a reporter is still notified of updates."""

UNCONFIRMED = "The reporter would read the words below. Nothing was saved. Say whether to tell them."
_WORKAROUND = "We know about this problem.\n\nWhat you can do for now:\n{workaround}"
_CORRECTION = (
    "We wrote to you about a known problem. We have looked again: it is not the same as yours.\n\n"
    "Please do not go by what we wrote about it. We go on looking at your problem."
)
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
    """Link a ticket to a problem of its programme, or to none; its reporter reads only confirmed words."""
    ticket = act(session, actor, Action.LINK, number, link_input.version, problem=link_input.problem_id)
    if link_input.problem_id not in (None, ticket.problem_id) and not _linkable(session, ticket, link_input):
        raise Invalid("There is a problem", {"problem_id": "Choose a problem of the same programme."})
    words = words_to_confirm(session, ticket, link_input.problem_id)
    if words and link_input.tell is None:
        raise Conflict(UNCONFIRMED, {"body": words})
    ticket.problem_id = link_input.problem_id
    if words and link_input.tell:
        write_update(session, actor, ticket, link_input.body)
    return ticket


def _linkable(session: Session, ticket: Ticket, link_input: LinkInput) -> bool:
    return link_input.problem_id in {problem.id for problem in linkable_problems(session, ticket)}


def words_to_confirm(session: Session, ticket: Ticket, problem_id: int | None) -> str:
    """What the reporter would read of a new link: a correction of the former one, then the workaround."""
    if problem_id == ticket.problem_id or ticket.status not in NOTIFIED_STATUSES:
        return ""
    problem = session.get(Problem, problem_id) if problem_id else None
    words = (_correction(session, ticket), workaround_words(problem) if problem else "")
    return "\n\n".join(filter(None, words))


def workaround_words(problem: Problem) -> str:
    """What a newly linked reporter can do for now; nothing where a fix is there."""
    has_words = problem.workaround and problem.status not in _HAS_A_FIX
    return _WORKAROUND.format(workaround=problem.workaround) if has_words else ""


def _correction(session: Session, ticket: Ticket) -> str:
    """A correction, where the reporter was written to because of the problem that the ticket is linked to."""
    if ticket.problem_id is None:
        return ""
    links = select(Event).where(Event.ticket_number == ticket.number, Event.action == Action.LINK)
    linked_at = [
        event.created_at for event in session.exec(links) if event.details.get("problem") == ticket.problem_id
    ]
    told = select(Message.id).where(Message.ticket_number == ticket.number, Message.action == Action.UPDATE)
    since = told.where(col(Message.created_at) >= max(linked_at)) if linked_at else told
    return _CORRECTION if session.exec(since.limit(1)).first() is not None else ""


def write_update(session: Session, actor: Actor, ticket: Ticket, body: str) -> None:
    """Add an update to the ticket as a message; the notification goes only where contact is safe."""
    add_message(session, actor, ticket, Action.UPDATE, body)
    ticket.first_replied_at = ticket.first_replied_at or clock.now()
    notify_reporter(session, ticket, "news")
