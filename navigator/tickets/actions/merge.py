"""Merging two tickets: one goes on, the other redirects staff to it, and nothing that was said is lost.

That both name one address or code is a claim. So the work is joined, and each private link goes on to show
its own reporter's conversation (`visibility.reporter_by` says when one leads to both).
"""

from sqlalchemy import update
from sqlmodel import Session, col, select

from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.phone_numbers import normalised
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.practitioner import tell_practitioner
from navigator.tickets.actions.reassign import reassign_if_absent
from navigator.tickets.inputs import MergeInput
from navigator.tickets.lifecycle import act, record
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.ticket import LIVE, ClinicalReview, Message, Status, Ticket
from navigator.tickets.training_examples import remember_sorting
from navigator.tickets.triage import join_deadlines
from navigator.tickets.visibility import find


def merge(session: Session, actor: Actor, number: int, merge_input: MergeInput) -> Ticket:
    """Merge a ticket into another that names the same reporter: work is joined, its readers are not."""
    target = find(session, actor, merge_input.into, lock=True)
    if target.number == number:
        raise Invalid("There is a problem", {"into": "A ticket cannot be merged with itself."})
    if target.status == Status.MERGED:
        raise Conflict("That ticket was merged itself. Choose the ticket that it went to.")
    status = joined_status(find(session, actor, number), target)
    comes_back = target.status not in (Status.NEW, Status.OPEN, status)
    ticket = act(session, actor, Action.MERGE, number, merge_input.version, into=target.number)
    _check_same_people(session, ticket, target)
    ticket.merged_into = target.number
    _move_history(session, ticket, target)
    _join_work(ticket, target)
    record(session, actor, Action.MERGE, target, status, merged=number)
    join_deadlines(ticket, target, session.get_one(Service, target.service_id))
    tell_practitioner(session, target)
    if comes_back:
        reassign_if_absent(session, target)
    remember_sorting(session, number)
    return target


def joined_status(ticket: Ticket, target: Ticket) -> Status:
    """Where the work of two tickets stands: a further report is an answer to what was asked, or news."""
    is_alike = ticket.status == target.status and ticket.status in LIVE - {Status.WAITING_FOR_REPORTER}
    return Status(ticket.status) if is_alike else Status.OPEN


def _check_same_people(session: Session, ticket: Ticket, target: Ticket) -> None:
    reporters = (session.get_one(Reporter, row.reporter_id) for row in (ticket, target))
    if ticket.service_id != target.service_id or not is_same_reporter(*reporters):
        raise Invalid("There is a problem", {"into": "Only tickets of the same reporter can be merged."})
    confirmed = {row.pwp_id for row in (ticket, target) if row.practitioner_is_confirmed}
    if len(confirmed) > 1:
        words = "These tickets have different practitioners. Confirm the right one on both, then merge them."
        raise Invalid("There is a problem", {"into": words})


def is_same_reporter(first: Reporter, second: Reporter) -> bool:
    """Whether two reports name one address or code: a claim, on which work is joined but no reader."""
    return not claims_of(first).isdisjoint(claims_of(second))


def claims_of(reporter: Reporter) -> frozenset[tuple[str, object]]:
    """The addresses and the code that a reporter names, each with its kind.

    Who was logged in is known, and is nobody who only typed their address.
    """
    if reporter.user_id:
        return frozenset({("user", reporter.user_id)})
    claims = {
        ("email", reporter.email.casefold()),
        ("phone", normalised(reporter.phone)),
        ("support code", reporter.support_code),
    }
    return frozenset(claim for claim in claims if claim[1])


def _join_work(ticket: Ticket, target: Ticket) -> None:
    """What is known of either is known of both; the practitioner whom somebody confirmed stays."""
    if ticket.practitioner_is_confirmed:
        target.pwp_id, target.practitioner_is_confirmed = ticket.pwp_id, True
        target.practitioner_told_at = target.practitioner_told_at or ticket.practitioner_told_at
    if target.assignee_id is None:
        target.assignee_id, target.assign_by_at = ticket.assignee_id, ticket.assign_by_at
    target.problem_id = target.problem_id or ticket.problem_id
    target.practitioner_name_given = target.practitioner_name_given or ticket.practitioner_name_given
    asked = (ticket.needs_answer_since_at, target.needs_answer_since_at)
    target.needs_answer_since_at = min(filter(None, asked), default=None)
    target.next_call_at = min(filter(None, (ticket.next_call_at, target.next_call_at)), default=None)
    if target.status not in LIVE:
        _take_up_again(ticket, target)


def _take_up_again(ticket: Ticket, target: Ticket) -> None:
    """What had ended goes on with the deadlines of the report that came since."""
    target.resolved_at = target.closed_at = target.resolution = target.auto_close_warned_at = None
    target.target_minutes_left = target.overdue_notified_at = None
    target.target_at, target.due_at = ticket.target_at, ticket.due_at
    target.session_on, target.session_is_weekly = ticket.session_on, ticket.session_is_weekly
    target.session_is_by_code = ticket.session_is_by_code


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
