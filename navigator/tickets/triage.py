"""Triage of a ticket: its category, who can put it right, and its SLA deadlines."""

from datetime import UTC, date, datetime

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.catalogue import Blocks, Category, Cue, Fixability, Kind, catalogue
from navigator.catalogue.fixability import Override, decide
from navigator.catalogue.lookups import calendar_of, override_for
from navigator.catalogue.service import Service
from navigator.catalogue.turn_to import turn_to
from navigator.errors import Invalid
from navigator.languages import N_
from navigator.people.reporter import ReporterKind
from navigator.tickets.deadlines import (
    Deadlines,
    Targets,
    compute_deadlines,
    minutes_left,
    next_session,
    restarted_target,
)
from navigator.tickets.ticket import Status, Ticket

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
NOT_TRIAGED = N_("A digital navigator will read what you wrote and find out who can put it right.")
_CLINICAL = frozenset({"divert.risk", "divert.safeguarding"})


def category_by_id(category_id: str | None) -> Category | None:
    """The category of an id, which must exist; None for none."""
    try:
        return catalogue().category(category_id) if category_id else None
    except KeyError:
        raise Invalid("There is a problem", {"category": "Choose what is wrong from the list."}) from None


def needs_clinical_review(category: str | None) -> bool:
    """Whether a category is itself a reason for a clinician to read the ticket."""
    return category in _CLINICAL


def concerns_practitioner(ticket: Ticket) -> bool:
    """Whether a ticket is for its practitioner to know: a limit of the treatment, or what its leaf says."""
    if ticket.fixability == Fixability.PROTOCOL:
        return True
    category = category_by_id(ticket.category)
    return category is not None and category.tells_practitioner


def set_divert_contact(session: Session, ticket: Ticket, category: Category | None) -> None:
    """Name the contact that a divert goes to; with none to write to, it stays with the navigators."""
    is_divert = ticket.fixability == Fixability.DIVERT
    contact = turn_to(session, ticket.service_id, category).written_to if is_divert else None
    ticket.diverted_to = contact.kind if contact else None


def usual_impact(category: Category | None) -> int:
    """The impact of one person's report: 4, or 5 when nothing is broken."""
    nothing_broken = category is not None and (
        category.kind is Kind.FEEDBACK or category.id == "other.suggestion"
    )
    return 5 if nothing_broken else 4


def apply_triage(
    session: Session, ticket: Ticket, category: Category | None, fixability: Fixability | None = None
) -> None:
    """Put a ticket in a category, with its verdict; `fixability` is what a navigator found instead."""
    ticket.category = category.id if category else None
    if category is None:
        ticket.fixability, ticket.fixability_reason, ticket.next_step = None, NOT_TRIAGED, NOT_TRIAGED
        return
    cues = frozenset(Cue(cue) for cue in ticket.cues)
    override = override_for(session, ticket.programme_id, category.id)
    if fixability:
        override, cues = Override(fixability=fixability, reason=_fixability_reason(fixability)), frozenset()
    verdict = decide(category, override, cues)
    ticket.fixability = verdict.fixability
    ticket.fixability_reason, ticket.next_step = verdict.reason, verdict.next_step
    ticket.workaround = verdict.workaround
    is_for_practitioners = category.patient_label is None and not needs_clinical_review(category.id)
    if is_for_practitioners and ticket.reporter_kind == ReporterKind.PATIENT:
        _tell_patient(ticket, verdict.fixability)
    ticket.blocks_session = category.blocks_session


def _tell_patient(ticket: Ticket, fixability: Fixability) -> None:
    """What a category says to practitioners alone is not said to a patient, whatever it was sorted as."""
    texts = catalogue().moved
    ticket.fixability_reason = texts.reason.get(fixability, NOT_TRIAGED)
    ticket.next_step = texts.next_step.get(fixability, NOT_TRIAGED)
    ticket.workaround = ""


def _fixability_reason(fixability: Fixability) -> str:
    reasons = catalogue().moved.reason
    return reasons.get(
        fixability, "A digital navigator has looked at this and found who should deal with it."
    )


def recompute_deadlines(ticket: Ticket, service: Service) -> None:
    """Compute priority, SLA targets and the session guard afresh from now: reported, triaged or reopened."""
    now = clock.now()
    deadlines = _apply_session(ticket, service, now)
    ticket.target_at, ticket.target_minutes_left = deadlines.target_at, None
    ticket.overdue_notified_at = None
    if ticket.first_replied_at is None:
        ticket.first_reply_by_at = deadlines.first_reply_by_at
    if ticket.status in (Status.WAITING_FOR_REPORTER, Status.WAITING_FOR_SUPPLIER):
        stop_target(ticket, service, now)
    recompute_due_at(ticket)


def recompute_session(ticket: Ticket, service: Service) -> None:
    """Move the session guard to the next session: no news of a session gives more time to put it right.

    Who was told that it is overdue is told again only once it is due anew.
    """
    now = clock.now()
    _apply_session(ticket, service, now)
    recompute_due_at(ticket)
    if ticket.due_at > now:
        ticket.overdue_notified_at = None


def _apply_session(ticket: Ticket, service: Service, now: datetime) -> Deadlines:
    """Set what depends on the next session alone: the guard, and urgency and priority by how near it is."""
    ticket.session_on = next_session(ticket.session_on, ticket.session_is_weekly, clock.local(now).date())
    deadlines = compute_deadlines(
        calendar_of(service),
        Targets.from_settings(service.targets),
        now,
        ticket.impact,
        Blocks(ticket.blocks_session),
        ticket.session_on,
        ticket.has_workaround,
    )
    ticket.urgency, ticket.priority = deadlines.urgency, deadlines.priority
    _set_session_deadline(ticket, deadlines.session_deadline_at, now)
    return deadlines


def _set_session_deadline(ticket: Ticket, deadline_at: datetime | None, now: datetime) -> None:
    """Set the session guard; one that is past when the session is told begins then: nobody was late."""
    known_at = ticket.session_deadline_at
    is_too_soon = deadline_at is not None and deadline_at <= now
    if deadline_at and is_too_soon:
        if known_at is not None and deadline_at <= known_at <= now:
            return  # it was known, and ran out
        deadline_at = now
    if known_at != deadline_at:
        ticket.session_warning_sent_at = None
    ticket.session_deadline_at, ticket.session_is_too_soon = deadline_at, is_too_soon


def join_deadlines(ticket: Ticket, target: Ticket, service: Service) -> None:
    """Let a ticket go on for another too: with the session that comes first, due no later than either."""
    now, due_at = clock.now(), min(ticket.due_at, target.due_at)
    was_notified_at = target.overdue_notified_at or ticket.overdue_notified_at
    _join_sessions(ticket, target, clock.local(now).date())
    target.impact = min(ticket.impact, target.impact)
    blocks = {Blocks(ticket.blocks_session), Blocks(target.blocks_session)}
    target.blocks_session = min(blocks, key=list(Blocks).index)
    target.has_workaround = ticket.has_workaround and target.has_workaround
    for name in ("target_at", "target_minutes_left", "first_reply_by_at"):
        values = [value for row in (ticket, target) if (value := getattr(row, name)) is not None]
        setattr(target, name, min(values, default=None))
    _apply_session(target, service, now)
    if target.status in (Status.NEW, Status.OPEN):
        if target.target_at is None:
            restart_target(target, service)
        target.target_minutes_left = None
        recompute_due_at(target)
        if target.due_at > due_at:  # a session that is past no longer counts, but it was late already
            target.target_at = due_at
    recompute_due_at(target)
    target.overdue_notified_at = was_notified_at if target.due_at <= now else None


def _join_sessions(ticket: Ticket, target: Ticket, today: date) -> None:
    """The earliest session still to come, weekly if that one is, and whether its practitioner was warned."""
    coming = [
        (session_on, not row.session_is_weekly, row is ticket, row.session_is_by_code)
        for row in (target, ticket)
        if (session_on := next_session(row.session_on, row.session_is_weekly, today)) is not None
    ]
    if not coming:
        target.session_on, target.session_is_weekly, target.session_is_by_code = None, False, False
        return
    target.session_on, is_single, is_of_ticket, target.session_is_by_code = min(coming)
    target.session_is_weekly = not is_single
    if is_of_ticket:
        target.session_deadline_at = ticket.session_deadline_at
        target.session_is_too_soon = ticket.session_is_too_soon
        target.session_warning_sent_at = ticket.session_warning_sent_at


def stop_target(ticket: Ticket, service: Service, now: datetime) -> None:
    """Pause the SLA target while the reporter or the supplier is asked; the session guard runs on."""
    if ticket.target_at is not None:
        ticket.target_minutes_left = minutes_left(calendar_of(service), ticket.target_at, now)
        ticket.target_at = None
    recompute_due_at(ticket)


def restart_target(ticket: Ticket, service: Service) -> None:
    """Resume a paused SLA target with what was left of it."""
    if ticket.target_minutes_left is not None:
        ticket.target_at = restarted_target(calendar_of(service), ticket.target_minutes_left, clock.now())
        ticket.target_minutes_left = None
    recompute_due_at(ticket)


def recompute_due_at(ticket: Ticket) -> None:
    """The one time that the queue is ordered by: the earlier of target and guard; no snooze lasts longer.

    Once the session warning was sent, nothing is due of what waits for the supplier.
    """
    is_over = ticket.status == Status.WAITING_FOR_SUPPLIER and ticket.session_warning_sent_at is not None
    session_deadline_at = None if is_over else ticket.session_deadline_at
    ticket.due_at = min(ticket.target_at or NEVER, session_deadline_at or NEVER)
    if ticket.snoozed_until_at is not None and ticket.snoozed_until_at >= ticket.due_at:
        ticket.snoozed_until_at = None
