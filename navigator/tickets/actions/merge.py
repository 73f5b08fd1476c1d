"""Merging two tickets of one reporter: one goes on, the other redirects, nothing said is lost."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.phone_numbers import e164
from navigator.tickets.action_rules import Action
from navigator.tickets.inputs import MergeInput
from navigator.tickets.lifecycle import act, record
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.ticket import ClinicalReview, Message, Status, Ticket
from navigator.tickets.triage import recompute_deadlines
from navigator.tickets.visibility import find


def merge(session: Session, actor: Actor, number: int, merge_input: MergeInput) -> Ticket:
    """Merge a ticket into another of the same reporter; a person has confirmed that it is."""
    target = find(session, actor, merge_input.into, lock=True)
    if target.number == number:
        raise Invalid("There is a problem", {"into": "A ticket cannot be merged with itself."})
    if target.status == Status.MERGED:
        raise Conflict("That ticket was merged itself. Choose the ticket that it went to.")
    ticket = act(session, actor, Action.MERGE, number, merge_input.version, into=target.number)
    reporters = (session.get_one(Reporter, row.reporter_id) for row in (ticket, target))
    if ticket.service_id != target.service_id or not is_same_reporter(*reporters):
        raise Invalid("There is a problem", {"into": "Only tickets of the same reporter can be merged."})
    ticket.merged_into = target.number
    target.problem_id = target.problem_id or ticket.problem_id
    _move_history(session, ticket, target)
    target.session_on = min(filter(None, (ticket.session_on, target.session_on)), default=None)
    target.next_call_at = min(filter(None, (ticket.next_call_at, target.next_call_at)), default=None)
    record(session, actor, Action.MERGE, target, merged=ticket.number)
    recompute_deadlines(target, session.get_one(Service, target.service_id))
    return target


def is_same_reporter(first: Reporter, second: Reporter) -> bool:
    """Whether two reports came from one person, as far as can be known without a name."""
    return any(
        value and value == other
        for value, other in (
            (first.user_id, second.user_id),
            (first.email.casefold(), second.email.casefold()),
            (e164(first.phone), e164(second.phone)),
            (first.support_code, second.support_code),
        )
    )


def _move_history(session: Session, ticket: Ticket, target: Ticket) -> None:
    for table in (Message, ClinicalReview, PhoneCall):
        session.execute(
            update(table).where(col(table.ticket_number) == ticket.number).values(ticket_number=target.number)
        )
    _move_drafts(session, ticket, target)
    target.review_requested_at = target.review_requested_at or ticket.review_requested_at
    target.has_open_review = target.has_open_review or ticket.has_open_review
    ticket.has_open_review = False


def _move_drafts(session: Session, ticket: Ticket, target: Ticket) -> None:
    """Move reply drafts to where the ticket goes on, below what their authors began there."""
    for draft in session.exec(select(ReplyDraft).where(ReplyDraft.ticket_number == ticket.number)).all():
        existing = session.get(ReplyDraft, (target.number, draft.user_id, draft.address))
        body = f"{existing.body}\n\n{draft.body}" if existing else draft.body
        session.delete(draft)
        moved = draft.model_dump() | {"ticket_number": target.number, "body": body}
        session.merge(ReplyDraft(**moved))
