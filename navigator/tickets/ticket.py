"""Tables of a ticket and of what belongs to it: messages, audit events, clinical reviews."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, Text, false, text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of, partial_index
from navigator.people.reporter import ReporterKind
from navigator.search_words import index_words
from navigator.tickets.enums import (
    LIVE,
    Activity,
    Audience,
    Author,
    Channel,
    Resolution,
    ReviewResult,
    Status,
)

__all__ = [
    "LIVE", "NOT_CHECKED", "Activity", "Audience", "Author", "Channel", "ClinicalReview", "Event", "Message",
    "Resolution", "Status", "Ticket",
]  # fmt: skip


NOT_CHECKED = "not checked: language"
"""Why a clinician must read what the safety screen could not, in the reasons of a clinical review."""


_IS_LIVE = "status IN ('new', 'open', 'waiting_for_reporter', 'waiting_for_supplier')"

_OF_PROBLEM = (
    "problem_id", "reported_at", "service_id", "status", "category", "programme_id", "reporter_kind",
    "handed_over_at", "pwp_id", "pwp_is_confirmed", "reporter_user_id",
)  # fmt: skip
"""All that is asked of the reports of a problem, and whose they are: so that no row is looked at."""


class Ticket(Table, table=True):
    """One report on its way to being put right: DN-000123 is its `number`; `version` locks optimistically."""

    __table_args__ = (
        one_of("status", Status),
        one_of("door", Channel),
        one_of("reporter_kind", ReporterKind),
        one_of("last_activity", Activity),
        CheckConstraint("impact BETWEEN 1 AND 5", name="impact"),
        CheckConstraint("urgency BETWEEN 1 AND 5", name="urgency"),
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority"),
        partial_index("ix_ticket_handed_over", "service_id", where="hand_over_is_open IS {true}"),
        partial_index("ix_ticket_load", "service_id", "assignee_id", where="status IN ('new', 'open')"),
        Index("ix_ticket_reported_at", "reported_at"),
        partial_index("ix_ticket_practitioner_given", text("lower(pwp_said)"), where="pwp_said <> ''"),
        Index("ix_ticket_reported_to", "service_id", "reported_at"),
        Index("ix_ticket_alike", "service_id", "category", "reported_at", "number"),
        partial_index("ix_ticket_of_problem", *_OF_PROBLEM, where="problem_id IS NOT NULL"),
        partial_index("ix_ticket_queue", "due_at", "priority", "reported_at", "number", where=_IS_LIVE),
        partial_index("ix_ticket_activity", "last_activity_at", "number", where=_IS_LIVE),
        partial_index("ix_ticket_age", "reported_at", "number", where=_IS_LIVE),
        partial_index(
            "ix_ticket_ended", "last_activity_at", "number", where="status IN ('resolved', 'closed')"
        ),
        partial_index(
            "ix_ticket_needs_answer",
            "service_id",
            "assignee_id",
            where="needs_answer_since_at IS NOT NULL",
        ),
        partial_index("ix_ticket_assign_by", "assign_by_at", where="assign_by_at IS NOT NULL"),
        partial_index("ix_ticket_snoozed", "snoozed_until_at", where="snoozed_until_at IS NOT NULL"),
        {"sqlite_autoincrement": True},  # a number is never given twice
    )

    number: int = Field(default=None, primary_key=True)
    version: int = 0
    status: str = Status.NEW
    service_id: int = Field(foreign_key="service.id")
    service_is_unsure: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    programme_id: int | None = Field(default=None, foreign_key="programme.id", index=True)
    reporter_id: int = Field(foreign_key="reporter.id", unique=True)
    reporter_kind: str = ReporterKind.PATIENT
    reporter_user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    channel: str = Field(default=Channel.WEB, sa_column_kwargs={"name": "door"})

    category: str | None = None
    reported_category: str | None = None
    suggested_category: str | None = None
    suggested_confidence: float = 0.0
    suggested_why: list[str] = Field(default_factory=list, sa_type=JSON)
    category_probabilities: dict[str, float] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"name": "likely"}
    )
    suggested_split: list[str] | None = Field(default=None, sa_type=JSON)
    """The categories of the two problems that it may hold, in the order told; else empty, or None."""
    is_none_suggested: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    suggestion_is_hidden: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    triaged_at: datetime | None = Field(default=None, sa_column_kwargs={"name": "sorted_at"})
    answers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    cues: list[str] = Field(default_factory=list, sa_type=JSON)
    fixability: str | None = None
    fixability_reason: str = ""
    next_step: str = ""
    workaround: str = ""
    diverted_to: str | None = Field(default=None, sa_column_kwargs={"name": "passed_to"})
    suggested_contact: str | None = Field(default=None, sa_column_kwargs={"name": "turn_to"})

    impact: int = 4
    urgency: int = 4
    priority: int = 4
    blocks_session: str = Field(default="maybe", sa_column_kwargs={"name": "blocks"})
    has_workaround: bool = False
    session_on: date | None = None
    session_is_weekly: bool = False
    session_is_by_code: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Told for a support code, which anybody may have typed: for staff, and not for the reporter."""
    reported_at: datetime = Field(default_factory=now)
    target_at: datetime | None = None
    target_minutes_left: int | None = None
    first_reply_by_at: datetime | None = None
    session_deadline_at: datetime | None = Field(default=None, sa_column_kwargs={"name": "guard_at"})
    session_is_too_soon: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    due_at: datetime
    snoozed_until_at: datetime | None = None
    next_call_at: datetime | None = Field(default=None, sa_column_kwargs={"name": "call_from_at"})
    session_warning_sent_at: datetime | None = Field(default=None, sa_column_kwargs={"name": "guard_told_at"})
    overdue_notified_at: datetime | None = Field(default=None, sa_column_kwargs={"name": "overdue_told_at"})
    auto_close_warned_at: datetime | None = Field(default=None, sa_column_kwargs={"name": "quiet_warned_at"})
    first_replied_at: datetime | None = None
    updated_at: datetime = Field(default_factory=now)
    last_activity_at: datetime = Field(
        default_factory=now, sa_column_kwargs={"server_default": text("'1970-01-01 00:00:00'")}
    )
    last_activity: str = Field(
        default=Activity.THEY_ACTED, sa_column_kwargs={"server_default": text("'they_acted'")}
    )
    needs_answer_since_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    resolution: str | None = None

    assignee_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    assign_by_at: datetime | None = None
    pwp_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    practitioner_is_confirmed: bool = Field(default=False, sa_column_kwargs={"name": "pwp_is_confirmed"})
    practitioner_name_given: str = Field(default="", sa_column_kwargs={"name": "pwp_said"})
    practitioner_told_at: datetime | None = None
    lead_told_at: datetime | None = None
    identity_checked_at: datetime | None = None
    review_requested_at: datetime | None = Field(default=None, sa_column_kwargs={"name": "handed_over_at"})
    has_open_review: bool = Field(default=False, sa_column_kwargs={"name": "hand_over_is_open"})
    problem_id: int | None = Field(default=None, foreign_key="problem.id", index=True)
    merged_into: int | None = Field(default=None, foreign_key="ticket.number", index=True)

    @property
    def shows_suggestion(self) -> bool:
        """Whether staff may see the suggested category: on a few tickets only after triage."""
        return not self.suggestion_is_hidden or self.triaged_at is not None

    @property
    def other_problem(self) -> str | None:
        """The category of the problem that a split would make a ticket of; none where none is suggested."""
        others = [category for category in self.suggested_split or () if category != self.category]
        return others[-1] if others and self.shows_suggestion else None

    @property
    def is_late(self) -> bool:
        """Whether it was due by now: by its target alone, if its session was told when it was too soon."""
        late_from = self.target_at if self.session_is_too_soon else self.due_at
        return self.status in LIVE and late_from is not None and late_from <= now()

    @property
    def is_snoozed(self) -> bool:
        """Whether it is snoozed now; a snooze never lasts beyond the time at which it is due."""
        return self.snoozed_until_at is not None and self.snoozed_until_at > now()


def _index_words(inserted: Any) -> str:
    return index_words(inserted.get_current_parameters()["body"])


class Message(Table, table=True):
    """A message on a ticket; after a merge `origin_number` remembers where it was said.

    `unchecked_language` is the ISO 639 code of what the safety screen could not read; empty where it could.
    Until `leaves_at` it can be taken back, and its reporter does not see it.
    Its words for the search stand in a column that no page loads, filled at the INSERT, whoever makes it.
    """

    __table_args__ = (
        one_of("audience", Audience),
        one_of("author", Author),
        Column("search_words", Text, default=_index_words),
        partial_index("ix_message_without_words", "id", where="search_words IS NULL"),
    )
    __mapper_args__ = {"exclude_properties": ["search_words"]}  # noqa: RUF012 - so SQLAlchemy wants it

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    origin_number: int
    audience: str
    author: str
    author_id: int | None = Field(default=None, foreign_key="user.id")
    action: str
    body: str
    unchecked_language: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    created_at: datetime = Field(default_factory=now, sa_column_kwargs={"name": "at"})
    leaves_at: datetime | None = None
    has_attachments: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Event(Table, table=True):
    """An audit event: that something was done to a ticket, never what was said."""

    __table_args__ = (
        partial_index("ix_event_guards", "at", "ticket_number", where="action = 'guard'"),
        partial_index(
            "ix_event_opened_again",
            "at",
            "ticket_number",
            where="from_status IN ('closed', 'resolved') AND to_status = 'open'",
        ),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    action: str
    actor_id: int | None = Field(default=None, foreign_key="user.id")
    actor_name: str
    created_at: datetime = Field(default_factory=now, sa_column_kwargs={"name": "at"})
    version: int
    from_status: str | None = None
    to_status: str
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"name": "facts"})


class ClinicalReview(Table, table=True):
    """That a clinician must read a ticket; only a clinician's outcome in words ends it.

    Where words of staff opened it, their author may have said why they are no concern.
    After a merge `origin_number` remembers the ticket for whose reporter it was opened.
    """

    __tablename__ = "handover"

    __table_args__ = (
        one_of("result", ReviewResult),
        partial_index("ix_hand_over_unread", "next_alert_at", where="acknowledged_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    origin_number: int = Field(default=0, index=True, sa_column_kwargs={"server_default": "0"})
    service_id: int = Field(foreign_key="service.id", index=True)
    opened_at: datetime = Field(default_factory=now, index=True)
    requested_by: str = Field(sa_column_kwargs={"name": "opened_by"})
    reasons: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"name": "why"})
    message_id: int | None = Field(default=None, foreign_key="message.id")
    contact_note: str = Field(default="", sa_column_kwargs={"name": "reach_by"})
    acknowledge_by_at: datetime | None = Field(default=None, sa_column_kwargs={"name": "read_by_at"})
    alerts: int = 0
    next_alert_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: int | None = Field(default=None, foreign_key="user.id")
    ended_at: datetime | None = None
    ended_by: int | None = Field(default=None, foreign_key="user.id")
    result: str | None = None
    passed_to: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    outcome: str = ""
    for_navigators: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    no_concern_reason: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    no_concern_by: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    no_concern_at: datetime | None = None

    @property
    def is_of_language(self) -> bool:
        """Whether nothing was noticed, and a person must read what the safety screen could not."""
        return all(reason == NOT_CHECKED for reason in self.reasons) and bool(self.reasons)
