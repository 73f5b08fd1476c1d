"""Merging two tickets: one goes on, the other redirects staff to it, and nothing that was said is lost.

That both name one address or code is a claim. So the work is joined, and each private link goes on to show
its own reporter's conversation (`visibility.reporter_by` says when one leads to both).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from navigator.attachments.attachment import Attachment
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid, NotFound
from navigator.outbox.addresses import address_of
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.phone_numbers import normalised
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.call_diary import keep_one_call
from navigator.tickets.actions.practitioner import tell_practitioner
from navigator.tickets.actions.reassign import is_there, reassign_if_absent
from navigator.tickets.booked_call import BookedCall
from navigator.tickets.device_check import DeviceCheck
from navigator.tickets.inclusion_offer import InclusionOffer
from navigator.tickets.inputs import MergeInput
from navigator.tickets.lifecycle import act, record
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.ticket import LIVE, ClinicalReview, Message, Status, Ticket
from navigator.tickets.training_examples import remember_sorting
from navigator.tickets.triage import join_deadlines
from navigator.tickets.visibility import find, lock_tickets


def merge(session: Session, actor: Actor, number: int, merge_input: MergeInput) -> Ticket:
    """Merge a ticket into another that names the same reporter: work is joined, its readers are not."""
    lock_tickets(session, actor, {number, merge_input.into})
    ticket, target = find(session, actor, number), _find_target(session, actor, merge_input.into)
    check_target(ticket, target)
    status, former = joined_status(ticket, target), columns_of(target)
    comes_back = _comes_back(target, status)
    act(
        session,
        actor,
        Action.MERGE,
        number,
        merge_input.version,
        into=target.number,
        former=columns_of(ticket),
    )
    check_same_people(session, ticket, target)
    ticket.merged_into = target.number
    keep_one_call(session, ticket, target)
    moved = _move_history(session, ticket, target)
    _join_work(ticket, target)
    record(session, actor, Action.MERGE, target, status, merged=number, former=former, moved=moved)
    join_deadlines(ticket, target, session.get_one(Service, target.service_id))
    tell_practitioner(session, target)
    if comes_back:
        reassign_if_absent(session, target)
    remember_sorting(session, number)
    return target


def _find_target(session: Session, actor: Actor, number: int) -> Ticket:
    """The ticket that is to go on; a number that is nobody's is refused where it was typed."""
    try:
        return find(session, actor, number)
    except NotFound:
        raise Invalid(
            "There is a problem", {"into": "We cannot find that ticket. Check its number."}
        ) from None


def _comes_back(target: Ticket, status: Status) -> bool:
    """Whether a ticket that waited or had ended is to be worked on again, with this status."""
    return target.status not in (Status.NEW, Status.OPEN, status)


def joined_status(ticket: Ticket, target: Ticket) -> Status:
    """Where the work of two tickets stands: a further report is an answer to what was asked, or news."""
    is_alike = ticket.status == target.status and ticket.status in LIVE - {Status.WAITING_FOR_REPORTER}
    return Status(ticket.status) if is_alike else Status.OPEN


def check_target(ticket: Ticket, target: Ticket) -> None:
    """Refuse to merge a ticket with itself, or into one that was merged itself."""
    if target.number == ticket.number:
        raise Invalid("There is a problem", {"into": "A ticket cannot be merged with itself."})
    if target.status == Status.MERGED:
        raise Conflict("That ticket was merged itself. Choose the ticket that it went to.")


def check_same_people(session: Session, ticket: Ticket, target: Ticket) -> None:
    """Refuse to join tickets of different reporters, services or confirmed practitioners."""
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


def _move_history(session: Session, ticket: Ticket, target: Ticket) -> dict[str, list[Any]]:
    """Move what was said and done to where the ticket goes on; and what was moved, for an undo."""
    moved: dict[str, list[Any]] = {}
    for name, table in MOVED.items():
        is_of_ticket = col(table.ticket_number) == ticket.number
        moved[name] = [*session.exec(select(table.id).where(is_of_ticket).order_by(col(table.id)))]
        session.execute(update(table).where(is_of_ticket).values(ticket_number=target.number))
    moved["drafts"] = _move_drafts(session, ticket, target)
    target.review_requested_at = target.review_requested_at or ticket.review_requested_at
    target.has_open_review = target.has_open_review or ticket.has_open_review
    ticket.has_open_review = False
    return moved


def _move_drafts(session: Session, ticket: Ticket, target: Ticket) -> list[tuple[int, str]]:
    """Move reply drafts to where the ticket goes on, below what their authors began; those moved whole."""
    whole = []
    for draft in session.exec(select(ReplyDraft).where(ReplyDraft.ticket_number == ticket.number)).all():
        existing = session.get(ReplyDraft, (target.number, draft.user_id, draft.address))
        body = f"{existing.body}\n\n{draft.body}" if existing else draft.body
        whole += [] if existing else [(draft.user_id, draft.address)]
        session.delete(draft)
        moved = draft.model_dump() | {"ticket_number": target.number, "body": body}
        session.merge(ReplyDraft(**moved))
    return whole


Belonging = Message | ClinicalReview | PhoneCall | DeviceCheck | BookedCall | Attachment | InclusionOffer
MOVED: Mapping[str, type[Belonging]] = MappingProxyType(
    {
        "messages": Message,
        "reviews": ClinicalReview,
        "calls": PhoneCall,
        "checks": DeviceCheck,
        "booked": BookedCall,
        "waiting_files": Attachment,
        "offers": InclusionOffer,
    }
)
"""What goes with a ticket into another, by its name in the audit event."""

COLUMNS = (
    "assignee_id", "assign_by_at", "problem_id", "pwp_id", "practitioner_is_confirmed",
    "practitioner_told_at", "next_call_at", "resolved_at", "closed_at", "resolution",
    "auto_close_warned_at", "target_minutes_left", "overdue_notified_at", "target_at", "first_reply_by_at",
    "due_at", "session_on", "session_is_weekly", "session_is_by_code", "session_deadline_at",
    "session_is_too_soon", "session_warning_sent_at", "impact", "urgency", "priority", "blocks_session",
    "has_workaround", "snoozed_until_at", "review_requested_at",
    "needs_answer_since_at",
)  # fmt: skip
"""Columns that a merge may change, in either ticket."""


def columns_of(ticket: Ticket) -> dict[str, Any]:
    """How a ticket stands, without words, as an audit event keeps it; whether a practitioner is named."""
    values = {name: getattr(ticket, name) for name in COLUMNS}
    kept = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    return kept | {"names_practitioner": bool(ticket.practitioner_name_given)}


@dataclass(frozen=True)
class MergePreview:
    """What a merge would do: how the ticket that goes on would stand, and who would read what.

    `assignee` is who would have it; `is_chosen_anew` that they are away or nobody, so that the desk chooses.
    """

    target: Ticket
    after: Ticket
    assignee: str | None
    is_chosen_anew: bool
    messages: int
    is_one_address: bool
    is_one_user: bool


def merge_preview(session: Session, actor: Actor, number: int, into: int) -> MergePreview:
    """What a merge would do; refused as the merge itself would be."""
    ticket, target = find(session, actor, number), _find_target(session, actor, into)
    check_target(ticket, target)
    check_same_people(session, ticket, target)
    before, after = (Ticket(**row.model_dump()) for row in (ticket, target))
    _join_work(before, after)
    after.status = joined_status(ticket, target)
    join_deadlines(before, after, session.get_one(Service, target.service_id))
    comes_back = _comes_back(target, Status(after.status)) and not target.diverted_to
    is_chosen_anew = comes_back and not is_there(session, target.service_id, after.assignee_id)
    assignee = session.get(User, after.assignee_id) if after.assignee_id else None
    messages = session.exec(select(func.count()).where(col(Message.ticket_number) == number)).one()
    addresses = {address_of(session, Recipient.REPORTER, row.reporter_id) for row in (ticket, target)}
    users = {row.reporter_user_id for row in (ticket, target)}
    return MergePreview(
        target,
        after,
        assignee.name if assignee else None,
        is_chosen_anew,
        messages,
        is_one_address=len(addresses) == 1 and None not in addresses,
        is_one_user=len(users) == 1 and None not in users,
    )
