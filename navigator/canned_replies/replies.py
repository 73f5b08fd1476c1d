"""Replies to hand for a ticket: those that fit it best first, filled in and ready to be changed."""

from collections.abc import Collection, Mapping

from sqlmodel import Session, col, select

from navigator.canned_replies.canned_reply import CannedReply
from navigator.canned_replies.placeholders import render
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from navigator.tickets.detail import TicketDetail
from navigator.tickets.ticket import Ticket


def replies_for(session: Session, case: TicketDetail) -> list[CannedReply]:
    """The replies of a ticket's service that are for its category and programme or for any, nearest first."""
    return replies_for_all(session, [case.ticket])


def replies_for_all(session: Session, tickets: Collection[Ticket]) -> list[CannedReply]:
    """The replies that fit each of some tickets, nearest first; none for tickets of several services."""
    programmes = {_programme(session, one) for one in tickets}
    codes = {one.code if one else "" for one in programmes}
    categories = {one.category or "" for one in tickets}
    services = {one.service_id for one in tickets}
    query = select(CannedReply).where(
        col(CannedReply.service_id).in_(services if len(services) == 1 else ()),
        col(CannedReply.programme).in_({"", *(codes if len(codes) == 1 else ())}),
        col(CannedReply.category).in_({"", *(categories if len(categories) == 1 else ())}),
    )
    found = session.exec(query.order_by(col(CannedReply.title)))
    return sorted(found, key=lambda one: (not one.category, not one.programme))


def _programme(session: Session, ticket: Ticket) -> Programme | None:
    return session.get(Programme, ticket.programme_id) if ticket.programme_id else None


def written(session: Session, actor: Actor, case: TicketDetail, code: str) -> str:
    """One of them with its blanks filled in from the ticket; nothing when there is none of that code."""
    one = next((one for one in replies_for(session, case) if one.code == code), None)
    return fill(session, actor, case.ticket, one.body) if one else ""


def fill(session: Session, actor: Actor, ticket: Ticket, body: str) -> str:
    """A text with its blanks filled in from a ticket; what is not known of it stays a blank."""
    return render(body, _facts(session, actor, ticket)) if "{" in body else body


def _facts(session: Session, actor: Actor, ticket: Ticket) -> Mapping[str, str]:
    programme = _programme(session, ticket)
    return {
        "reference": reference(ticket.number),
        "service": session.get_one(Service, ticket.service_id).name,
        "programme": programme.name if programme else "",
        "category": catalogue().category(ticket.category).label_for("patient") if ticket.category else "",
        "reason": ticket.fixability_reason,
        "next_step": ticket.next_step,
        "workaround": ticket.workaround,
        "navigator": actor.name,
    }
