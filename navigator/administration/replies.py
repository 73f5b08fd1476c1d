"""Replies to hand for a ticket: those that fit it best first, filled in and ready to be changed."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from navigator.administration.blanks import filled_in
from navigator.catalogue.amendment import CannedReply
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from navigator.tickets.dossier import Dossier


def to_hand(session: Session, case: Dossier) -> list[CannedReply]:
    """The replies of a ticket's service that are for its category and programme or for any, nearest first."""
    programme = case.programme.code if case.programme else ""
    query = select(CannedReply).where(
        CannedReply.service_id == case.service.id,
        col(CannedReply.programme).in_(["", programme]),
        col(CannedReply.category).in_(["", case.ticket.category or ""]),
    )
    found = session.exec(query.order_by(col(CannedReply.title)))
    return sorted(found, key=lambda one: (not one.category, not one.programme))


def written(session: Session, actor: Actor, case: Dossier, code: str) -> str:
    """One of them with its blanks filled in from the ticket; nothing when there is none of that code."""
    one = next((one for one in to_hand(session, case) if one.code == code), None)
    return filled_in(one.body, _facts(actor, case)) if one else ""


def _facts(actor: Actor, case: Dossier) -> Mapping[str, str]:
    ticket, category = case.ticket, case.category
    return {
        "reference": reference(ticket.number),
        "service": case.service.name,
        "programme": case.programme.name if case.programme else "",
        "category": category.label_for("patient") if category else "",
        "reason": ticket.fixability_reason,
        "next_step": ticket.next_step,
        "workaround": ticket.workaround,
        "navigator": actor.name,
    }
