"""How a ticket was sorted before: kept without words, so that sorting it again can be taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from navigator.catalogue.catalogue import Fixability
from navigator.catalogue.service import Service
from navigator.tickets.ticket import Ticket
from navigator.tickets.triage import leaf, set_clocks, set_due, sort

_TIMES = ("sorted_at", "target_at", "first_reply_by_at", "overdue_told_at", "guard_told_at")
_PLAIN = ("category", "fixability", "impact", "blocks", "target_minutes_left")
_WORDS = ("fixability_reason", "next_step", "workaround")


def standing(session: Session, ticket: Ticket) -> dict[str, Any] | None:
    """How a ticket is sorted; None if it could not be so again: passed on, or with words of its own."""
    found = {name: getattr(ticket, name) for name in _PLAIN}
    again = Ticket(**ticket.model_dump())
    _sort(session, again, found)
    if ticket.passed_to or any(getattr(again, name) != getattr(ticket, name) for name in _WORDS):
        return None
    return found | {name: at and at.isoformat() for name in _TIMES for at in [getattr(ticket, name)]}


def restore(session: Session, ticket: Ticket, former: Mapping[str, Any]) -> None:
    """Sort a ticket as it was, with the clocks that it had."""
    _sort(session, ticket, former)
    set_clocks(ticket, session.get_one(Service, ticket.service_id))
    for name in _TIMES:
        setattr(ticket, name, former[name] and datetime.fromisoformat(former[name]))
    ticket.target_minutes_left = former["target_minutes_left"]
    set_due(ticket)


def _sort(session: Session, ticket: Ticket, former: Mapping[str, Any]) -> None:
    ticket.workaround = ""
    category = leaf(former["category"])
    sort(session, ticket, category)
    if ticket.fixability != former["fixability"]:
        sort(session, ticket, category, Fixability(former["fixability"]))
    ticket.impact, ticket.blocks = former["impact"], former["blocks"]
