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


def merge(session: Session, actor: Actor, number: int, what: MergeInput) -> Ticket:
    """Let one ticket go on in another of the same reporter; a person has confirmed that it is."""
    target = find(session, actor, what.into, lock=True)
    if target.number == number:
        raise Invalid("There is a problem", {"into": "A ticket cannot be merged with itself."})
    if target.status == Status.MERGED:
        raise Conflict("That ticket was merged itself. Choose the ticket that it went to.")
    ticket = act(session, actor, Action.MERGE, number, what.version, into=target.number)
    reporters = (session.get_one(Reporter, one.reporter_id) for one in (ticket, target))
    if ticket.service_id != target.service_id or not is_same_reporter(*reporters):
        raise Invalid("There is a problem", {"into": "Only tickets of the same reporter can be merged."})
    ticket.merged_into = target.number
    target.problem_id = target.problem_id or ticket.problem_id
    _move_what_was_said(session, ticket, target)
    target.session_on = min(filter(None, (ticket.session_on, target.session_on)), default=None)
    target.next_call_at = min(filter(None, (ticket.next_call_at, target.next_call_at)), default=None)
    record(session, actor, Action.MERGE, target, merged=ticket.number)
    recompute_deadlines(target, session.get_one(Service, target.service_id))
    return target


def is_same_reporter(a: Reporter, b: Reporter) -> bool:
    """Whether two reports came from one person, as far as can be known without a name."""
    return any(
        mine and mine == theirs
        for mine, theirs in (
            (a.user_id, b.user_id),
            (a.email.casefold(), b.email.casefold()),
            (e164(a.phone), e164(b.phone)),
            (a.support_code, b.support_code),
        )
    )


def _move_what_was_said(session: Session, ticket: Ticket, target: Ticket) -> None:
    for table in (Message, ClinicalReview, PhoneCall):
        session.execute(
            update(table).where(col(table.ticket_number) == ticket.number).values(ticket_number=target.number)
        )
    _move_what_is_unsent(session, ticket, target)
    target.review_requested_at = target.review_requested_at or ticket.review_requested_at
    target.has_open_review = target.has_open_review or ticket.has_open_review
    ticket.has_open_review = False


def _move_what_is_unsent(session: Session, ticket: Ticket, target: Ticket) -> None:
    """Show what somebody began to write where the ticket goes on, below what they began there."""
    for one in session.exec(select(ReplyDraft).where(ReplyDraft.ticket_number == ticket.number)).all():
        begun = session.get(ReplyDraft, (target.number, one.user_id, one.address))
        body = f"{begun.body}\n\n{one.body}" if begun else one.body
        session.delete(one)
        moved = one.model_dump() | {"ticket_number": target.number, "body": body}
        session.merge(ReplyDraft(**moved))
