"""Undo of triage: a snapshot of how a ticket was triaged, without words, and its restoring."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from navigator.catalogue.catalogue import Fixability
from navigator.catalogue.service import Service
from navigator.tickets.ticket import Ticket
from navigator.tickets.triage import apply_triage, category_by_id, recompute_deadlines, recompute_due_at

_TIMES = {
    "triaged_at": "sorted_at",
    "target_at": "target_at",
    "first_reply_by_at": "first_reply_by_at",
    "overdue_notified_at": "overdue_told_at",
    "session_warning_sent_at": "guard_told_at",
}
"""Moments by attribute, each with its key in the snapshot; events of old have these keys."""
_VALUES = {
    "category": "category",
    "fixability": "fixability",
    "impact": "impact",
    "blocks_session": "blocks",
    "target_minutes_left": "target_minutes_left",
}
_TEXTS = ("fixability_reason", "next_step", "workaround")


def triage_snapshot(session: Session, ticket: Ticket) -> dict[str, Any] | None:
    """How a ticket is triaged; None if that could not be restored: diverted, or with texts of its own."""
    snapshot = {key: getattr(ticket, name) for name, key in _VALUES.items()}
    recomputed = Ticket(**ticket.model_dump())
    _apply_snapshot(session, recomputed, snapshot)
    if ticket.diverted_to or any(getattr(recomputed, name) != getattr(ticket, name) for name in _TEXTS):
        return None
    moments = {key: getattr(ticket, name) for name, key in _TIMES.items()}
    return snapshot | {key: moment and moment.isoformat() for key, moment in moments.items()}


def restore_triage(session: Session, ticket: Ticket, snapshot: Mapping[str, Any]) -> None:
    """Triage a ticket as it was, with the deadlines that it had."""
    _apply_snapshot(session, ticket, snapshot)
    recompute_deadlines(ticket, session.get_one(Service, ticket.service_id))
    for name, key in _TIMES.items():
        setattr(ticket, name, snapshot[key] and datetime.fromisoformat(snapshot[key]))
    ticket.target_minutes_left = snapshot["target_minutes_left"]
    recompute_due_at(ticket)


def _apply_snapshot(session: Session, ticket: Ticket, snapshot: Mapping[str, Any]) -> None:
    ticket.workaround = ""
    category = category_by_id(snapshot["category"])
    apply_triage(session, ticket, category)
    if ticket.fixability != snapshot["fixability"]:
        apply_triage(session, ticket, category, Fixability(snapshot["fixability"]))
    ticket.impact, ticket.blocks_session = snapshot["impact"], snapshot["blocks"]
