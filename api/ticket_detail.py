"""One ticket as it is shown: to keys of staff with all that belongs to it, to its reporter what is theirs."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from api.schemas import Called, Change, HandOverOut, Named, Out, PassedTo, TicketState
from navigator.people.reporter import ContactMethod, ReporterKind
from navigator.tickets.detail import TicketDetail
from navigator.tickets.ticket import Action, Audience, Author, Channel, Message, Resolution, Ticket
from navigator.tickets.visibility import TicketRole


class Said(Out):
    """What the reporter and the desk said to each other."""

    author: Author
    action: Action
    body: str
    at: datetime = Field(validation_alias="created_at")


class StaffSaid(Said):
    """Something said: what has the audience `staff` is never for the reporter."""

    id: int
    audience: Audience
    by: str | None


class ReachedBy(Out):
    """How to reach the reporter, and whether that is safe."""

    route: ContactMethod = Field(validation_alias="contact_method")
    email: str
    phone: str
    is_safe: bool = Field(validation_alias="is_safe_to_contact")
    needs: str
    language: str
    support_code: str


class Suggestion(BaseModel):
    """What the words of the report speak for, and which."""

    category: str | None
    confidence: float
    why: list[str]


class OwnTicket(TicketState):
    """A ticket as its reporter sees it."""

    reason: str = Field(validation_alias="fixability_reason")
    next_step: str
    workaround: str
    session_on: date | None
    session_is_weekly: bool
    reported_at: datetime
    resolution: Resolution | None
    messages: list[Said]
    allowed: list[Action]


class StaffTicket(OwnTicket):
    """A ticket with everything at hand."""

    service: Named
    programme: Named | None
    door: Channel = Field(validation_alias="channel")
    reporter_kind: ReporterKind
    contact: ReachedBy | None = Field(description="null for those who need not know")
    reported_category: str | None
    suggestion: Suggestion | None = Field(description="null where it is hidden until the ticket is sorted")
    answers: dict[str, str]
    usual_fix: str | None
    passed_to: PassedTo | None
    turn_to: PassedTo | None = Field(description="Whom a rule names for it")
    impact: int
    urgency: int
    priority: int
    target_at: datetime | None
    first_reply_by_at: datetime | None
    guard_at: datetime | None = Field(validation_alias="session_deadline_at")
    snoozed_until_at: datetime | None
    first_replied_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    assignee_id: int | None
    assignee: str | None
    practitioner_id: int | None = Field(validation_alias="pwp_id")
    practitioner: str | None
    practitioner_is_confirmed: bool = Field(validation_alias="practitioner_is_confirmed")
    practitioner_said: str = Field(validation_alias="practitioner_name_given")
    identity_checked_at: datetime | None
    hand_over_is_open: bool = Field(validation_alias="has_open_review")
    problem_id: int | None = Field(description="The known problem that lies behind it")
    merged_into: int | None
    messages: list[StaffSaid]  # type: ignore[assignment]  # the reporter's list may not be written to
    events: list[Change]
    hand_overs: list[HandOverOut]
    calls: list[Called]
    call_from_at: datetime | None = Field(validation_alias="next_call_at", description="When to phone next")


def view_of(found: TicketDetail) -> StaffTicket | OwnTicket:
    """The ticket for whoever asked."""
    facts = found.ticket.model_dump() | {"allowed": sorted(found.allowed)}
    if found.parts <= {TicketRole.REPORTER}:
        return OwnTicket.model_validate(facts | {"messages": found.messages})
    return StaffTicket.model_validate(facts | _for_staff(found))


def _for_staff(found: TicketDetail) -> dict[str, Any]:
    ticket = found.ticket
    return {
        "service": found.service,
        "programme": found.programme,
        "contact": found.reporter,
        "passed_to": found.contact,
        "turn_to": found.suggested_contact,
        "suggestion": _suggestion(ticket) if ticket.shows_suggestion else None,
        "usual_fix": found.category.usual_fix if found.category else None,
        "assignee": found.assignee,
        "practitioner": found.names.get(ticket.pwp_id or 0),
        "messages": [_said(message, found.names) for message in found.messages],
        "events": found.events,
        "hand_overs": found.reviews,
        "calls": found.calls,
    }


def _suggestion(ticket: Ticket) -> dict[str, Any]:
    return {
        "category": ticket.suggested_category,
        "confidence": ticket.suggested_confidence,
        "why": ticket.suggested_why,
    }


def _said(message: Message, names: Mapping[int, str]) -> dict[str, Any]:
    return message.model_dump() | {"by": names.get(message.author_id or 0)}
