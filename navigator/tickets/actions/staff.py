"""Actions of staff on a ticket, from the report to closing it: each goes through the one gate, `act`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.lookups import contact_of
from navigator.catalogue.service import Service
from navigator.errors import Conflict
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import SYSTEM, Actor
from navigator.people.reporter import Reporter, ReporterKind
from navigator.people.user import Role, User
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.clinical_review import has_review_of_risk, request_review
from navigator.tickets.actions.mentions import mentioned_in, tell_mentioned
from navigator.tickets.actions.messages import add_message, notify_reporter, notify_user, send_receipt
from navigator.tickets.actions.new_ticket import NewTicket, analyse, open_ticket
from navigator.tickets.actions.practitioner import tell_practitioner
from navigator.tickets.actions.send_checks import require_confirmed
from navigator.tickets.actions.undo_triage import triage_snapshot
from navigator.tickets.assignment.candidates import membership_of, set_assignee
from navigator.tickets.assignment.choose import choose_assignee, suggested_contact
from navigator.tickets.device_check import Finding, attach_check
from navigator.tickets.inputs import (
    AssignInput,
    AttachInput,
    ResolveInput,
    SayInput,
    TriageInput,
)
from navigator.tickets.lifecycle import act, record
from navigator.tickets.notice import NoticeKind
from navigator.tickets.notices import tell_assignee_of_resolution, tell_watchers
from navigator.tickets.report_by_card import completed_by_card
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import NOT_CHECKED, Author, Channel, Resolution, Ticket
from navigator.tickets.training_examples import remember_sorting
from navigator.tickets.triage import (
    apply_triage,
    category_by_id,
    needs_clinical_review,
    recompute_deadlines,
    recompute_due_at,
    recompute_session,
    set_divert_contact,
    stop_target,
)
from navigator.triage.safety_screen import screen
from navigator.triage.two_problems import two_problems

_MAY_WORK_NOW = frozenset({Resolution.FIXED, Resolution.WORKAROUND, Resolution.FIXED_ITSELF})


@dataclass(frozen=True)
class ReportResult:
    """The ticket of a report, whose it is, and what its reporter must be told at once."""

    ticket: Ticket
    reporter: Reporter
    is_of_concern: bool


def report(
    session: Session,
    actor: Actor,
    report_input: ReportInput,
    channel: Channel = Channel.WEB,
    is_unsent: bool = False,
    findings: Sequence[Finding] = (),
) -> ReportResult:
    """Open a ticket from a report: screened, triaged, assigned and acknowledged in one transaction.

    Where it `is_unsent`, which only words of risk become a ticket, nothing goes out to whoever typed it.
    `findings` are those of a check of their phone, which they agreed to send.
    """
    report_input = completed_by_card(session, actor, report_input)
    is_of_staff = actor.user_id is not None and report_input.reporter is ReporterKind.PWP
    screening = screen(*report_input.free_texts, is_of_staff=is_of_staff)
    problems = () if is_unsent else two_problems(report_input.text, report_input.reporter)
    analysis = analyse(report_input, screening, problems)
    opened = open_ticket(session, actor, report_input, channel, analysis, is_unsent)
    ticket = opened.ticket
    with session.no_autoflush:  # else each look-up would write the ticket once more
        ticket.suggested_split = [*problems]
        checked: dict[str, Any] = {"checked": True} if findings else {}
        record(session, actor, Action.REPORT, ticket, door=channel, category=ticket.category, **checked)
        if findings:
            attach_check(session, ticket.number, findings, ticket.number, opened.reporter)
        if report_input.text:
            add_message(session, actor, ticket, Action.REPORT, report_input.text, Author.REPORTER)
        if is_unsent:  # nobody can be answered
            ticket.needs_answer_since_at = None
        return process_new_ticket(session, actor, opened)


def process_new_ticket(session: Session, actor: Actor, opened: NewTicket) -> ReportResult:
    """Process a new ticket: its safety, its assignment, and the notification that we have it."""
    ticket = opened.ticket
    _check_safety(session, opened)
    tell_practitioner(session, ticket)
    send_receipt(session, actor, ticket)
    _assign_new_ticket(session, opened)  # at last: those who may be chosen are locked until the end
    return ReportResult(ticket, opened.reporter, is_of_concern=ticket.has_open_review)


def _check_safety(session: Session, opened: NewTicket) -> None:
    """Open a clinical review for what the report or its category says; `add_message` screens text alone."""
    ticket, analysis = opened.ticket, opened.analysis
    if ticket.has_open_review and has_review_of_risk(session, ticket.number):
        return
    if analysis.screening.hit or needs_clinical_review(ticket.category):
        sorted_by = (
            "chosen as the reason for the report" if ticket.reported_category else "sorted so by the desk"
        )
        request_review(session, SYSTEM, ticket, analysis.screening.why or [sorted_by])
    elif analysis.is_unchecked and not ticket.has_open_review:
        request_review(session, SYSTEM, ticket, [NOT_CHECKED])


def _assign_new_ticket(session: Session, opened: NewTicket) -> None:
    ticket = opened.ticket
    if ticket.diverted_to:
        set_assignee(session, ticket, None)
        _notify_divert_contact(session, ticket)
        return
    assignment = choose_assignee(session, ticket, opened.service, opened.requirements)
    if assignment.user_id or assignment.rule or assignment.missed:
        record(
            session, SYSTEM, Action.ASSIGN, ticket, assignee=assignment.user_id, **assignment.event_details
        )
    set_assignee(session, ticket, assignment.user_id, assignment.candidate)
    ticket.suggested_contact = assignment.suggested_contact
    notify_user(session, ticket, assignment.user_id, "assigned")


def _notify_divert_contact(session: Session, ticket: Ticket) -> None:
    if contact := contact_of(session, ticket.service_id, ticket.diverted_to or ""):
        enqueue(session, "passed_on", Recipient.CONTACT, contact.id, ticket_number=ticket.number)


def triage(session: Session, actor: Actor, number: int, triage_input: TriageInput) -> Ticket:
    """Triage a ticket again: category, impact and, if a navigator found otherwise, who can put it right."""
    category = category_by_id(triage_input.category)
    ticket = act(session, actor, Action.TRIAGE, number, triage_input.version)
    before, former = [ticket.category, ticket.fixability], triage_snapshot(session, ticket)
    ticket.impact, ticket.triaged_at = triage_input.impact, clock.now()
    apply_triage(session, ticket, category, triage_input.fixability)
    require_confirmed(session, actor, [ticket], triage_input.workaround)  # its reporter reads it
    ticket.workaround = triage_input.workaround or ticket.workaround
    recompute_deadlines(ticket, session.get_one(Service, ticket.service_id))
    set_divert_contact(session, ticket, category)
    ticket.suggested_contact = suggested_contact(session, ticket)
    if ticket.diverted_to:
        _notify_divert_contact(session, ticket)
    tell_practitioner(session, ticket)
    if needs_clinical_review(ticket.category) and not has_review_of_risk(session, number):
        request_review(session, actor, ticket, ["sorted so by a navigator"])
    after = [ticket.category, ticket.fixability]
    undo_details: dict[str, Any] = {} if former is None or ticket.diverted_to else {"former": former}
    record(session, actor, Action.TRIAGE, ticket, before=before, after=after, **undo_details)
    remember_sorting(session, number)
    return ticket


def claim(session: Session, actor: Actor, number: int, version: int | None = None) -> Ticket:
    """Claim a ticket that nobody has or whose navigator is away today, or begin one's own."""
    ticket = act(session, actor, Action.CLAIM, number, version)
    holder = ticket.assignee_id
    if holder not in (None, actor.user_id) and not session.get_one(User, holder).is_away:
        raise Conflict("Somebody else has this ticket. Ask them, or assign it to yourself.")
    set_assignee(session, ticket, actor.user_id)
    return ticket


def assign(session: Session, actor: Actor, number: int, assignment: AssignInput) -> Ticket:
    """Assign a ticket to a navigator of its service, or back to the service's queue."""
    ticket = act(session, actor, Action.ASSIGN, number, assignment.version, assignee=assignment.assignee_id)
    if assignment.assignee_id is not None:
        membership_of(session, ticket.service_id, assignment.assignee_id)
    set_assignee(session, ticket, assignment.assignee_id)
    if assignment.assignee_id not in (None, actor.user_id):
        notify_user(session, ticket, assignment.assignee_id, "assigned")
    return ticket


def reply(session: Session, actor: Actor, number: int, message: SayInput) -> Ticket:
    """Reply to the reporter."""
    ticket = act(session, actor, Action.REPLY, number, message.version)
    _send_reply(session, actor, ticket, message.body, "answered")
    return ticket


def _send_reply(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    body: str,
    template: str,
    told_as: NoticeKind = NoticeKind.ANSWERED,
) -> None:
    add_message(session, actor, ticket, Action.REPLY, body)
    ticket.first_replied_at = ticket.first_replied_at or clock.now()
    notify_reporter(session, ticket, template)
    tell_watchers(session, actor, ticket, told_as)


def note(session: Session, actor: Actor, number: int, message: SayInput) -> Ticket:
    """Write a note for staff only; whom it names with an @ is told."""
    ticket = act(session, actor, Action.NOTE, number, message.version)
    mentioned = mentioned_in(session, ticket, message.body)
    add_message(session, actor, ticket, Action.NOTE, message.body)
    tell_mentioned(session, actor, ticket, mentioned)
    return ticket


def verify(session: Session, actor: Actor, number: int, version: int | None = None) -> Ticket:
    """Record an identity check: the person was reached through contact details already on record."""
    ticket = act(session, actor, Action.VERIFY, number, version)
    ticket.identity_checked_at = clock.now()
    return ticket


def attach(session: Session, actor: Actor, number: int, attach_input: AttachInput) -> Ticket:
    """Confirm who the practitioner of a ticket is: they see it, and are told if it is theirs to know."""
    ticket = act(session, actor, Action.ATTACH, number, attach_input.version, pwp=attach_input.pwp_id)
    membership_of(session, ticket.service_id, attach_input.pwp_id, Role.PWP)
    if ticket.pwp_id != attach_input.pwp_id:
        ticket.practitioner_told_at = None
        session.get_one(Reporter, ticket.reporter_id).known_as = ""  # another's words for their patient
    ticket.pwp_id, ticket.practitioner_is_confirmed = attach_input.pwp_id, True
    ticket.session_warning_sent_at = None
    tell_practitioner(session, ticket)
    recompute_due_at(ticket)
    return ticket


def wait(session: Session, actor: Actor, number: int, message: SayInput) -> Ticket:
    """Ask the reporter something and wait: the SLA target pauses, the session guard does not."""
    ticket = act(session, actor, Action.WAIT, number, message.version)
    _send_reply(session, actor, ticket, message.body, "waiting_for_you")
    stop_target(ticket, session.get_one(Service, ticket.service_id), clock.now())
    return ticket


def park(session: Session, actor: Actor, number: int, message: SayInput) -> Ticket:
    """Park a ticket for the supplier, with a workaround: the target pauses, the session guard does not."""
    ticket = act(session, actor, Action.PARK, number, message.version)
    ticket.has_workaround = True
    _send_reply(session, actor, ticket, message.body, "answered")
    recompute_deadlines(ticket, session.get_one(Service, ticket.service_id))
    return ticket


def resolve(session: Session, actor: Actor, number: int, resolve_input: ResolveInput) -> Ticket:
    """Resolve a ticket: say how it was put right; the reporter is asked whether it works, where it can.

    Whoever has the ticket is told if somebody else does it.
    """
    ticket = act(
        session, actor, Action.RESOLVE, number, resolve_input.version, resolution=resolve_input.resolution
    )
    ticket.resolution, ticket.resolved_at = resolve_input.resolution, clock.now()
    ticket.auto_close_warned_at = None
    template = "resolved" if resolve_input.resolution in _MAY_WORK_NOW else "answered"
    tell_assignee_of_resolution(session, actor, ticket)
    _send_reply(session, actor, ticket, resolve_input.body, template, NoticeKind.RESOLVED)
    return ticket


def advance_weekly_session(session: Session, actor: Actor, number: int) -> Ticket:
    """Move a weekly session that is past to its next date, and the guard with it."""
    ticket = act(session, actor, Action.RESCHEDULE, number)
    recompute_session(ticket, session.get_one(Service, ticket.service_id))
    return ticket


def close(session: Session, actor: Actor, number: int, version: int | None = None) -> Ticket:
    """Close a ticket that was put right."""
    ticket = act(session, actor, Action.CLOSE, number, version)
    ticket.closed_at = clock.now()
    return ticket
