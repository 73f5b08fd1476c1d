"""Where a ticket stands after an action, as the caller may know it, and what must be shown of it at once."""

from datetime import datetime

from sqlmodel import Session

from api.schemas import ReporterState, TicketState, WrittenState
from navigator.people.actor import Actor
from navigator.tickets.actions.no_concern import review_opened_by
from navigator.tickets.detail import due_at_for
from navigator.tickets.safety_notice import language_notice, safety_notice
from navigator.tickets.ticket import Ticket
from navigator.tickets.triage import NEVER

state = TicketState.model_validate


def state_for(actor: Actor, ticket: Ticket) -> TicketState:
    """Where a ticket stands after what either side may do."""
    return state(ticket).model_copy(update=_due(actor, ticket))


def _due(actor: Actor, ticket: Ticket) -> dict[str, datetime | None]:
    due_at = due_at_for(actor, ticket)
    return {"due_at": None if due_at == NEVER else due_at}


def reporter_state(session: Session, actor: Actor, ticket: Ticket) -> ReporterState:
    """Where a ticket stands after what its reporter did, and what they must be shown before anything else."""
    shown = ReporterState.model_validate(ticket)
    notices = _due(actor, ticket) | {
        "safety_notice": safety_notice(session, ticket),
        "language_notice": language_notice(session, ticket),
    }
    return shown.model_copy(update=notices)


def written_state(session: Session, ticket: Ticket, words: str) -> WrittenState:
    """Where a ticket stands after staff wrote on it, and whether their words opened a clinical review."""
    review = review_opened_by(session, ticket, words)
    return WrittenState.model_validate(ticket).model_copy(
        update={"opened_hand_over": review.id if review else None}
    )
