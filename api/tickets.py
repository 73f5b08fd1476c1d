"""Routes for the queue of tickets and for the detail of one ticket."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from api.deps import Caller, Number, Reading, Router, audience
from api.errors import error_responses
from api.schemas import Due, TriageOut
from api.ticket_detail import ReporterTicket, StaffTicket, ticket_out
from navigator.catalogue.lookups import services
from navigator.people.reporter import ReporterKind
from navigator.people.user import Role
from navigator.tickets.detail import links_to, ticket_detail
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import PAGE_SIZE, queue
from navigator.tickets.safety_notice import language_notice, safety_notice
from navigator.tickets.ticket import Status

router = Router(prefix="/tickets", tags=["tickets"])
STAFF = (Role.NAVIGATOR, Role.CLINICIAN, Role.MANAGER)
KeyView = Literal[
    "needs_answer", "all", "unassigned", "today", "waiting", "snoozed", "passed_on", "handed_over", "ended"
]


class TicketQuery(Filters):
    """The filters and the page of the queue."""

    view: KeyView = "all"
    after: str | None = Field(default=None, max_length=300, description="`next` of the page before")
    limit: int = Field(default=PAGE_SIZE, ge=1, le=100)


class QueueRow(TriageOut):
    """A ticket in the queue."""

    number: int
    version: int
    status: Status
    service: str
    programme: str | None = Field(description="Its name")
    reporter_kind: ReporterKind
    priority: int
    reported_at: datetime
    due_at: Due
    target_at: datetime | None
    guard_at: datetime | None = Field(
        validation_alias="session_deadline_at",
        description="Put right by then, or the practitioner plans without",
    )
    snoozed_until_at: datetime | None = Field(description="Left aside until then; never beyond `due_at`")
    session_on: date | None
    assignee_id: int | None
    assignee: str | None
    passed_to: str | None = Field(validation_alias="diverted_to")
    hand_over_is_open: bool = Field(validation_alias="has_open_review")


class QueuePage(BaseModel):
    """A page of the queue in its order, and the cursor of the next page."""

    tickets: list[QueueRow]
    next: str | None


@router.get("", dependencies=[audience(*STAFF)], responses=error_responses(401, 403))
def list_tickets(session: Reading, actor: Caller, query: Annotated[TicketQuery, Query()]) -> QueuePage:
    """The tickets that the key may see, sorted as the view is or as is asked; follow `next` for more."""
    page = queue(session, actor, query, query.after, query.limit)
    codes = {service.id: service.code for service in services(session)}
    rows = [row._asdict() | {"service": codes[row.service_id]} for row in page.rows]
    return QueuePage(tickets=[QueueRow.model_validate(row) for row in rows], next=page.next_cursor)


@router.get(
    "/{number}",
    dependencies=[audience(*STAFF, reporter=True)],
    responses=error_responses(401, 403, 404),
)
def show_ticket(session: Reading, actor: Caller, number: Number) -> StaffTicket | ReporterTicket:
    """One ticket: all that belongs to it for staff, what is public for its reporter."""
    detail = ticket_detail(session, actor, number)
    notice = safety_notice(session, detail.ticket, actor.reads)
    of_language = language_notice(session, detail.ticket, actor.reads)
    return ticket_out(actor, detail, notice, of_language, links_to(session, actor, detail))
