"""The desk: a report comes in and is put right. Each verb goes through the one gate, `act`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import calendar_of, contact_of
from navigator.catalogue.service import Service
from navigator.errors import Conflict
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import SYSTEM, Actor
from navigator.people.user import Role
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.clinical_review import open_reviews_of, request_review
from navigator.tickets.actions.messages import add_message, notify_reporter, notify_user
from navigator.tickets.actions.new_ticket import AnalysedReport, analyse, open_ticket
from navigator.tickets.actions.undo_triage import triage_snapshot
from navigator.tickets.assignment.candidates import membership_of, set_assignee
from navigator.tickets.assignment.choose import choose_assignee, navigator_for, rule_for, suggested_contact
from navigator.tickets.inputs import (
    AssignInput,
    AttachInput,
    ReportInput,
    RescheduleInput,
    ResolveInput,
    SayInput,
    TriageInput,
)
from navigator.tickets.lifecycle import act, record
from navigator.tickets.ticket import LIVE, Author, Channel, Ticket
from navigator.tickets.triage import (
    apply_triage,
    category_by_id,
    needs_clinical_review,
    recompute_deadlines,
    recompute_due_at,
    set_divert_contact,
    stop_target,
)
from navigator.tickets.visibility import find


@dataclass(frozen=True)
class ReportResult:
    """What a report comes to: the ticket, and what its reporter must be told at once."""

    ticket: Ticket
    is_of_concern: bool
    read_at: datetime


def report(session: Session, actor: Actor, told: ReportInput, channel: Channel = Channel.WEB) -> ReportResult:
    """Take a problem: screened, sorted, timed, routed, kept and acknowledged in one transaction."""
    read = analyse(told)
    ticket = open_ticket(session, actor, told, channel, read)
    record(session, actor, Action.REPORT, ticket, door=channel, category=ticket.category)
    if told.text:
        add_message(session, actor, ticket, Action.REPORT, told.text, Author.REPORTER)
    return process_new_ticket(session, ticket, read)


def process_new_ticket(session: Session, ticket: Ticket, read: AnalysedReport) -> ReportResult:
    """See to a new ticket: its safety, who gets it, and the letter that says that we have it."""
    _see_to_safety(session, ticket, read)
    _route(session, ticket)
    notify_reporter(session, ticket, "received")
    return ReportResult(
        ticket=ticket,
        is_of_concern=ticket.has_open_review,
        read_at=calendar_of(session.get_one(Service, ticket.service_id)).next_opening(clock.now()),
    )


def _see_to_safety(session: Session, ticket: Ticket, read: AnalysedReport) -> None:
    """Open a clinical review for what the whole report, or its category, says; `say` screens the text."""
    if open_reviews_of(session, ticket.number):
        return
    if read.screening.hit or needs_clinical_review(ticket.category):
        request_review(session, SYSTEM, ticket, read.screening.why or ["chosen as the reason for the report"])


def _route(session: Session, ticket: Ticket) -> None:
    if ticket.diverted_to:
        set_assignee(session, ticket, None)
        _pass_on(session, ticket)
        return
    chosen = choose_assignee(session, ticket)
    set_assignee(session, ticket, chosen.user_id)
    ticket.suggested_contact = chosen.suggested_contact
    if chosen.user_id or chosen.rule or chosen.missed:
        record(session, SYSTEM, Action.ASSIGN, ticket, assignee=chosen.user_id, **chosen.event_details)
    notify_user(session, ticket, chosen.user_id, "assigned")


def _pass_on(session: Session, ticket: Ticket) -> None:
    if contact := contact_of(session, ticket.service_id, ticket.diverted_to or ""):
        enqueue(session, "passed_on", Recipient.CONTACT, contact.id, ticket_number=ticket.number)


def triage(session: Session, actor: Actor, number: int, what: TriageInput) -> Ticket:
    """Sort a ticket again: category, impact and, if a navigator found otherwise, who can put it right."""
    category = category_by_id(what.category)
    ticket = act(session, actor, Action.TRIAGE, number, what.version)
    before, former = [ticket.category, ticket.fixability], triage_snapshot(session, ticket)
    ticket.impact, ticket.triaged_at = what.impact, clock.now()
    apply_triage(session, ticket, category, what.fixability)
    ticket.workaround = what.workaround or ticket.workaround
    recompute_deadlines(ticket, session.get_one(Service, ticket.service_id))
    set_divert_contact(session, ticket, category)
    ticket.suggested_contact = suggested_contact(session, ticket)
    if ticket.diverted_to:
        _pass_on(session, ticket)
    if needs_clinical_review(ticket.category) and not open_reviews_of(session, number):
        request_review(session, actor, ticket, ["sorted so by a navigator"])
    after = [ticket.category, ticket.fixability]
    can_be_undone: dict[str, Any] = {} if former is None or ticket.diverted_to else {"former": former}
    record(session, actor, Action.TRIAGE, ticket, before=before, after=after, **can_be_undone)
    return ticket


def claim(session: Session, actor: Actor, number: int, version: int | None = None) -> Ticket:
    """Take a ticket that nobody has, or begin one's own."""
    ticket = act(session, actor, Action.CLAIM, number, version)
    if ticket.assignee_id not in (None, actor.user_id):
        raise Conflict("Somebody else has this ticket. Ask them, or assign it to yourself.")
    set_assignee(session, ticket, actor.user_id)
    return ticket


def assign(session: Session, actor: Actor, number: int, what: AssignInput) -> Ticket:
    """Give a ticket to a navigator of its service, or back to the service's queue."""
    ticket = act(session, actor, Action.ASSIGN, number, what.version, assignee=what.assignee_id)
    if what.assignee_id is not None:
        membership_of(session, ticket.service_id, what.assignee_id)
    set_assignee(session, ticket, what.assignee_id)
    if what.assignee_id not in (None, actor.user_id):
        notify_user(session, ticket, what.assignee_id, "assigned")
    return ticket


def reply(session: Session, actor: Actor, number: int, what: SayInput) -> Ticket:
    """Answer the reporter."""
    ticket = act(session, actor, Action.REPLY, number, what.version)
    _answer(session, actor, ticket, what.body, "answered")
    return ticket


def _answer(session: Session, actor: Actor, ticket: Ticket, body: str, letter: str) -> None:
    add_message(session, actor, ticket, Action.REPLY, body)
    ticket.first_replied_at = ticket.first_replied_at or clock.now()
    notify_reporter(session, ticket, letter)


def note(session: Session, actor: Actor, number: int, what: SayInput) -> Ticket:
    """Write something for staff only."""
    ticket = act(session, actor, Action.NOTE, number, what.version)
    add_message(session, actor, ticket, Action.NOTE, what.body)
    return ticket


def verify(session: Session, actor: Actor, number: int, version: int | None = None) -> Ticket:
    """Record that the person was checked through contact details already on record."""
    ticket = act(session, actor, Action.VERIFY, number, version)
    ticket.identity_checked_at = clock.now()
    return ticket


def attach(session: Session, actor: Actor, number: int, what: AttachInput) -> Ticket:
    """Confirm who the practitioner of a ticket is; from now on they see it."""
    ticket = act(session, actor, Action.ATTACH, number, what.version, pwp=what.pwp_id)
    membership_of(session, ticket.service_id, what.pwp_id, Role.PWP)
    ticket.pwp_id, ticket.practitioner_is_confirmed = what.pwp_id, True
    ticket.session_warning_sent_at = None
    recompute_due_at(ticket)
    return ticket


def reschedule(session: Session, actor: Actor, number: int, what: RescheduleInput) -> Ticket:
    """Move the next session: the guard moves with it."""
    ticket = act(session, actor, Action.RESCHEDULE, number, what.version, session_on=str(what.next_session))
    ticket.session_on, ticket.session_is_weekly = what.next_session, what.session_is_weekly
    recompute_deadlines(ticket, session.get_one(Service, ticket.service_id))
    return ticket


def wait(session: Session, actor: Actor, number: int, what: SayInput) -> Ticket:
    """Ask the reporter something and wait: the target stops, the session guard does not."""
    ticket = act(session, actor, Action.WAIT, number, what.version)
    _answer(session, actor, ticket, what.body, "waiting_for_you")
    stop_target(ticket, session.get_one(Service, ticket.service_id))
    return ticket


def park(session: Session, actor: Actor, number: int, what: SayInput) -> Ticket:
    """Leave it to the supplier, with the truth and a workaround: the target waits, the guard does not."""
    ticket = act(session, actor, Action.PARK, number, what.version)
    ticket.has_workaround = True
    _answer(session, actor, ticket, what.body, "answered")
    recompute_deadlines(ticket, session.get_one(Service, ticket.service_id))
    return ticket


def resolve(session: Session, actor: Actor, number: int, what: ResolveInput) -> Ticket:
    """Say how it was put right; the reporter is asked whether it works."""
    ticket = act(session, actor, Action.RESOLVE, number, what.version, resolution=what.resolution)
    ticket.resolution, ticket.resolved_at = what.resolution, clock.now()
    ticket.auto_close_warned_at = None
    _answer(session, actor, ticket, what.body, "resolved")
    return ticket


def advance_weekly_session(session: Session, actor: Actor, number: int) -> Ticket:
    """Move a weekly session that is past to its next date, and the guard with it."""
    ticket = act(session, actor, Action.RESCHEDULE, number)
    recompute_deadlines(ticket, session.get_one(Service, ticket.service_id))
    return ticket


def reassign_all(session: Session, user_id: int, services: Collection[int]) -> None:
    """Give a leaver's live tickets to whoever has most spare capacity, or back to the queue."""
    query = select(Ticket.number).where(Ticket.assignee_id == user_id, col(Ticket.status).in_(LIVE))
    query = query.where(col(Ticket.service_id).in_(services))
    for number in session.exec(query).all():
        ticket = find(session, SYSTEM, number, lock=True)
        chosen = navigator_for(session, ticket, rule_for(session, ticket))
        act(session, SYSTEM, Action.ASSIGN, number, left=user_id, **chosen.event_details)
        set_assignee(session, ticket, chosen.user_id)
        notify_user(session, ticket, ticket.assignee_id, "assigned")


def close(session: Session, actor: Actor, number: int, version: int | None = None) -> Ticket:
    """Close a ticket that was put right."""
    ticket = act(session, actor, Action.CLOSE, number, version)
    ticket.closed_at = clock.now()
    return ticket
