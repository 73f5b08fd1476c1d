"""A ticket of another desk, with its true times; told to nobody but a clinician who must read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from navigator.people.actor import SYSTEM, Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.actions.new_ticket import AnalysedReport, NewTicket, open_ticket
from navigator.tickets.activity import recount_activity
from navigator.tickets.assignment.candidates import set_assignee
from navigator.tickets.lifecycle import record
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import (
    LIVE,
    NOT_CHECKED,
    Audience,
    Author,
    Channel,
    Message,
    Status,
    Ticket,
)
from navigator.tickets.triage import NEVER, needs_clinical_review, recompute_deadlines
from navigator.triage.language import unchecked_language


@dataclass(frozen=True)
class ImportedMessage:
    """What was said there: when, by whom, and why a person must read it, if the screen says so."""

    at: datetime
    text: str
    is_of_reporter: bool
    is_internal: bool
    author: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportedReport:
    """A ticket there, as it is to be here."""

    source: str
    source_id: str
    report: ReportInput
    analysis: AnalysedReport
    status: str
    impact: int | None
    reported_at: datetime
    ended_at: datetime
    messages: tuple[ImportedMessage, ...]

    @property
    def is_over(self) -> bool:
        """Whether it was closed there."""
        return self.status == Status.CLOSED

    @property
    def is_of_concern(self) -> bool:
        """Whether the safety screen noticed something in it."""
        return any(message.why for message in self.messages)


def bring_in(
    session: Session,
    actor: Actor,
    imported: ImportedReport,
    authors: dict[str, int],
    assignee_id: int | None = None,
) -> Ticket:
    """Make the ticket and its messages; who is to have it is not written to, and no clock counts before now.

    What was closed there is closed here. That it has words of risk stands in its event, and alerts nobody; an
    open one with such words opens a clinical review, as any report does.
    """
    opened = open_ticket(session, actor, imported.report, Channel.API, imported.analysis)
    ticket = opened.ticket
    with session.no_autoflush:
        ticket.reported_at = imported.reported_at
        ticket.impact = imported.impact or ticket.impact
        ticket.suggestion_is_hidden = False
        status = Status(imported.status)
        _set_clocks(opened, imported)
        marked: dict[str, Any] = {"imported": imported.source, "there": imported.source_id}
        marked |= {"of_concern": True} if imported.is_of_concern and imported.is_over else {}
        record(session, actor, Action.REPORT, ticket, status, door=Channel.API, **marked)
        if not imported.is_over and assignee_id is not None:
            set_assignee(session, ticket, assignee_id)
    for message in imported.messages:
        _add(session, ticket, message, authors)
    if ticket.status in LIVE and needs_clinical_review(ticket.category) and not ticket.has_open_review:
        request_review(session, SYSTEM, ticket, ["sorted so by the desk"])
    recount_activity(session, ticket)
    return ticket


def _add(session: Session, ticket: Ticket, message: ImportedMessage, authors: dict[str, int]) -> None:
    """Add a message; the first of an open ticket that a person must read opens a clinical review."""
    row = _message(ticket, message, authors)
    row.unchecked_language = unchecked_language(row.body) if message.is_of_reporter else ""
    session.add(row)
    session.flush()
    why = [*message.why, *([NOT_CHECKED] if row.unchecked_language else [])]
    if why and ticket.status in LIVE and not ticket.has_open_review:
        request_review(session, SYSTEM, ticket, why, row)


def _set_clocks(opened: NewTicket, imported: ImportedReport) -> None:
    """Due times of an open ticket, from now on; a closed one has none, and its true end."""
    ticket = opened.ticket
    ticket.status = imported.status
    if not imported.is_over:
        recompute_deadlines(ticket, opened.service)
        return
    ticket.target_at = ticket.first_reply_by_at = ticket.session_deadline_at = None
    ticket.due_at, ticket.diverted_to = NEVER, None
    ticket.resolved_at = ticket.closed_at = imported.ended_at


def _message(ticket: Ticket, message: ImportedMessage, authors: dict[str, int]) -> Message:
    is_first = message.is_of_reporter and message.at <= ticket.reported_at
    action = Action.REPORT if is_first else Action.ANSWER if message.is_of_reporter else Action.REPLY
    return Message(
        ticket_number=ticket.number,
        origin_number=ticket.number,
        audience=Audience.STAFF if message.is_internal else Audience.PUBLIC,
        author=Author.REPORTER if message.is_of_reporter else Author.STAFF,
        author_id=None if message.is_of_reporter else authors.get(message.author.casefold()),
        action=Action.NOTE if message.is_internal else action,
        body=message.text,
        created_at=message.at,
    )
