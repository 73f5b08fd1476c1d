"""How a ticket was sorted before: kept without words, so that sorting it again can be taken back."""

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
_PLAIN = {
    "category": "category",
    "fixability": "fixability",
    "impact": "impact",
    "blocks_session": "blocks",
    "target_minutes_left": "target_minutes_left",
}
_WORDS = ("fixability_reason", "next_step", "workaround")


def triage_snapshot(session: Session, ticket: Ticket) -> dict[str, Any] | None:
    """How a ticket is sorted; None if it could not be so again: passed on, or with words of its own."""
    snapshot = {key: getattr(ticket, name) for name, key in _PLAIN.items()}
    again = Ticket(**ticket.model_dump())
    _sort(session, again, snapshot)
    if ticket.diverted_to or any(getattr(again, name) != getattr(ticket, name) for name in _WORDS):
        return None
    moments = {key: getattr(ticket, name) for name, key in _TIMES.items()}
    return snapshot | {key: moment and moment.isoformat() for key, moment in moments.items()}


def restore_triage(session: Session, ticket: Ticket, former: Mapping[str, Any]) -> None:
    """Sort a ticket as it was, with the clocks that it had."""
    _sort(session, ticket, former)
    recompute_deadlines(ticket, session.get_one(Service, ticket.service_id))
    for name, key in _TIMES.items():
        setattr(ticket, name, former[key] and datetime.fromisoformat(former[key]))
    ticket.target_minutes_left = former["target_minutes_left"]
    recompute_due_at(ticket)


def _sort(session: Session, ticket: Ticket, former: Mapping[str, Any]) -> None:
    ticket.workaround = ""
    category = category_by_id(former["category"])
    apply_triage(session, ticket, category)
    if ticket.fixability != former["fixability"]:
        apply_triage(session, ticket, category, Fixability(former["fixability"]))
    ticket.impact, ticket.blocks_session = former["impact"], former["blocks"]
