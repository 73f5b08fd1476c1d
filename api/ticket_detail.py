"""Ticket detail: the response for staff's keys with everything, and the one for the ticket's reporter."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from api.schemas import (
    ClinicalReviewOut,
    CodeAndName,
    ContactOut,
    DeviceCheckOut,
    EventOut,
    Out,
    PhoneCallOut,
    TicketState,
)
from navigator.attachments.attachment import Kind
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, LinkChannel, ReporterKind, ReporterLink
from navigator.tickets.action_rules import Action
from navigator.tickets.detail import TicketDetail, due_at_for
from navigator.tickets.enums import REPORTERS, TicketRole
from navigator.tickets.safety_notice import SafetyNotice
from navigator.tickets.ticket import Audience, Author, Channel, ClinicalReview, Message, Resolution, Ticket


class AttachmentOut(Out):
    """A picture or a PDF that came with a message."""

    id: int
    kind: Kind
    size: int = Field(description="Bytes")
    is_virus_checked: bool = Field(description="false: no virus check has looked at it")


class MessageOut(Out):
    """A message between the reporter and the desk."""

    author: Author
    action: Action
    body: str
    at: datetime = Field(validation_alias="created_at")
    attachments: list[AttachmentOut] = Field(default_factory=list)


class StaffMessageOut(MessageOut):
    """A message with its audience: `staff` is never for the reporter."""

    id: int
    audience: Audience
    by: str | None
    unchecked_language: str = Field(
        description="The ISO 639 code of words that no screen could read, `und` if not known; else empty"
    )
    leaves_at: datetime | None = Field(
        description="Until then its reporter does not see it, and whoever sent it can take it back; else null"
    )


class ReporterContactOut(Out):
    """The reporter's contact details, and whether contact is safe."""

    route: ContactMethod | None = Field(validation_alias="contact_method", description="null: not asked")
    email: str
    phone: str = Field(description="As E.164, like +441632960001; in older reports as it was typed")
    is_safe: bool | None = Field(
        validation_alias="is_safe_to_contact",
        description="null: not asked; false: never write or call",
    )
    other_is_safe: bool = Field(
        description="true: the other of email and phone is used if the first does not arrive"
    )
    other_way_since_at: datetime | None = Field(
        description="Since when they are written to by the other way; null: by the first"
    )
    not_arriving_since_at: datetime | None = Field(
        description="Since when nothing arrives that is sent to them: they are to be called"
    )
    is_unsent: bool = Field(description="true: typed and not sent; nothing goes out to them")
    best_time: str = Field(description="When to call, in their words")
    voicemail_is_safe: bool | None = Field(description="null: not asked, so leave none")
    quiet_from_hour: int | None = Field(description="From this hour on: no texts, no calls; null: none said")
    quiet_until_hour: int | None
    access_needs: list[str] = Field(description="Codes of needs, each of which the desk acts on")
    needs: str
    language: str
    support_code: str
    found_by: str = Field(description="What their account can be looked up by; it proves nothing")


class LinkOut(Out):
    """A private link that works: how it was given, and when it was first opened."""

    channel: LinkChannel
    created_at: datetime
    opened_at: datetime | None
    expires_at: datetime


class SuggestionOut(BaseModel):
    """The suggested category with its confidence, and the words of the report that speak for it."""

    category: str | None
    confidence: float
    why: list[str]
    problems: list[str] = Field(
        description="The categories of the two problems that the report may hold, to split it; else empty"
    )


class ReporterTicket(TicketState):
    """A ticket as its reporter sees it."""

    reason: str = Field(validation_alias="fixability_reason")
    next_step: str
    workaround: str
    session_on: date | None
    session_is_weekly: bool
    reported_at: datetime
    resolution: Resolution | None
    messages: list[MessageOut]
    allowed: list[Action]
    safety_notice: SafetyNotice | None = Field(
        description="Not null while a clinician must read the reporter’s words: show it before anything else"
    )
    language_notice: str = Field(
        description="Not empty while a person must read words that may not be in English: show it"
    )


class StaffTicket(ReporterTicket):
    """A ticket as staff see it, with everything that belongs to it."""

    service: CodeAndName
    programme: CodeAndName | None
    door: Channel = Field(validation_alias="channel")
    reporter_kind: ReporterKind
    contact: ReporterContactOut | None = Field(description="null for those who need not know")
    service_is_unsure: bool = Field(description="true: they did not know their service")
    reported_category: str | None
    is_none_suggested: bool = Field(description="true: they said that it is none of what the desk suggested")
    suggestion: SuggestionOut | None = Field(description="null where it is hidden until the ticket is sorted")
    answers: dict[str, str]
    usual_fix: str | None
    passed_to: ContactOut | None
    turn_to: ContactOut | None = Field(description="Whom a rule names for it")
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
    messages: list[StaffMessageOut]  # type: ignore[assignment]  # the reporter's list may not be written to
    events: list[EventOut]
    hand_overs: list[ClinicalReviewOut]
    calls: list[PhoneCallOut]
    device_checks: list[DeviceCheckOut]
    links: list[LinkOut] = Field(description="The private links that work, for those who may end them")
    call_from_at: datetime | None = Field(validation_alias="next_call_at", description="When to phone next")


_SESSION_FIELDS: dict[str, Any] = {"session_on": None, "session_is_weekly": False}
_SHARED_FIELDS = _SESSION_FIELDS | {"workaround": ""}
"""What another report may have brought to a ticket: not for a reporter who is not proven to have told it."""


def ticket_out(
    actor: Actor,
    detail: TicketDetail,
    notice: SafetyNotice | None,
    of_language: str,
    links: Sequence[ReporterLink],
) -> StaffTicket | ReporterTicket:
    """The response for staff or for the ticket's reporter, by the actor's roles."""
    notices = {"safety_notice": notice, "language_notice": of_language}
    fields = detail.ticket.model_dump() | notices | {"allowed": sorted(detail.allowed)}
    if detail.roles <= REPORTERS:
        hidden = _SHARED_FIELDS if TicketRole.JOINED_REPORTER in detail.roles else {}
        hidden = hidden if detail.shows_session else _SESSION_FIELDS | hidden
        messages = [
            MessageOut.model_validate(_message_fields(detail, message)) for message in detail.messages
        ]
        hidden = hidden | {"due_at": due_at_for(actor, detail.ticket)}
        return ReporterTicket.model_validate(fields | {"messages": messages} | hidden)
    return StaffTicket.model_validate(fields | _staff_fields(detail) | {"links": links})


def _staff_fields(detail: TicketDetail) -> dict[str, Any]:
    ticket = detail.ticket
    return {
        "service": detail.service,
        "programme": detail.programme,
        "contact": detail.reporter,
        "passed_to": detail.contact,
        "turn_to": detail.suggested_contact,
        "suggestion": _suggestion_fields(ticket) if ticket.shows_suggestion else None,
        "usual_fix": detail.category.usual_fix if detail.category else None,
        "assignee": detail.assignee,
        "practitioner": detail.names.get(ticket.pwp_id or 0),
        "messages": [_message_fields(detail, message) for message in detail.messages],
        "events": detail.events,
        "hand_overs": [_review_out(detail, review) for review in detail.reviews],
        "calls": detail.calls,
        "device_checks": detail.checks,
    }


def _suggestion_fields(ticket: Ticket) -> dict[str, Any]:
    return {
        "category": ticket.suggested_category,
        "confidence": ticket.suggested_confidence,
        "why": ticket.suggested_why,
        "problems": ticket.suggested_split or [],
    }


def _review_out(detail: TicketDetail, review: ClinicalReview) -> ClinicalReviewOut:
    out = ClinicalReviewOut.model_validate(review)
    hidden: dict[str, Any] = {} if detail.reads_for_navigators else {"for_navigators": ""}
    if not detail.reads_outcomes:
        hidden |= {"done": None, "passed_to": "", "outcome": ""}
    return out.model_copy(update=hidden)


def _message_fields(detail: TicketDetail, message: Message) -> dict[str, Any]:
    files = detail.files.get(message.id, ())
    return message.model_dump() | {"by": detail.names.get(message.author_id or 0), "attachments": files}
