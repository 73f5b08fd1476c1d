"""Tickets: the queue in its one order, and one ticket with everything at hand."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Caller, Number, Reading, audience
from api.dossiers import OwnTicket, StaffTicket, view_of
from api.problems import problems
from api.schemas import QueuePage, QueueRow, TicketQuery
from navigator.catalogue.directory import services
from navigator.people.person import Role
from navigator.tickets.dossier import dossier
from navigator.tickets.inbox import queue

router = APIRouter(prefix="/tickets", tags=["tickets"])
STAFF = (Role.NAVIGATOR, Role.CLINICIAN, Role.MANAGER)


@router.get("", dependencies=[audience(*STAFF)], responses=problems(401, 403))
def list_tickets(session: Reading, actor: Caller, query: Annotated[TicketQuery, Query()]) -> QueuePage:
    """The tickets that the key may see, soonest due first; follow `next` for more."""
    page = queue(session, actor, query, query.after, query.limit)
    codes = {service.id: service.code for service in services(session)}
    rows = [row._asdict() | {"service": codes[row.service_id]} for row in page.rows]
    return QueuePage(tickets=[QueueRow.model_validate(row) for row in rows], next=page.next)


@router.get(
    "/{number}",
    dependencies=[audience(*STAFF, reporter=True)],
    responses=problems(401, 403, 404),
)
def show_ticket(session: Reading, actor: Caller, number: Number) -> StaffTicket | OwnTicket:
    """One ticket: all that belongs to it for staff, what is public for its reporter."""
    return view_of(dossier(session, actor, number))
