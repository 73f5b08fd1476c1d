"""Daily digest: in one mail what somebody chose to be told once a day; it says no word of a ticket."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.outbox.urls import TICKET_PAGE, absolute_url
from navigator.people.login import actor_of
from navigator.people.reporter import reference
from navigator.people.rights import Area
from navigator.tickets.ticket import LIVE, Ticket
from navigator.tickets.visibility import visible_to

TEMPLATE = "daily_digest"
WORDS: Mapping[str, str] = {
    "assigned": "it was given to you",
    "back_again": "it is back",
    "reporter_wrote": "its reporter wrote",
    "mentioned": "a colleague named you in a note",
    "resolved_by_colleague": "a colleague resolved it",
    "watched_wrote": "its reporter wrote; you watch it",
    "watched_answered": "it was answered; you watch it",
    "watched_resolved": "it was resolved; you watch it",
}
"""What is said of each mail that waited."""

_WAITS = (col(OutboxMessage.is_for_digest), col(OutboxMessage.sent_at).is_(None))


def readers_due(session: Session, now: datetime) -> Iterable[int]:
    """Whoever is to have their daily mail by now."""
    query = select(OutboxMessage.recipient_id).where(*_WAITS, col(OutboxMessage.send_at) <= now)
    return session.exec(query.distinct().order_by(col(OutboxMessage.recipient_id))).all()


def send_digest(session: Session, now: datetime, user_id: int) -> bool:
    """Make one mail of all that waits for somebody by now: whoever deletes it writes of it, so once."""
    is_theirs = (col(OutboxMessage.recipient) == Recipient.USER, col(OutboxMessage.recipient_id) == user_id)
    waiting = delete(OutboxMessage).where(*_WAITS, *is_theirs, col(OutboxMessage.send_at) <= now)
    columns = (col(OutboxMessage.id), col(OutboxMessage.template), col(OutboxMessage.ticket_number))
    told: dict[int, list[str]] = {}
    for _, template, number in sorted(session.execute(waiting.returning(*columns)).all()):
        if (words := WORDS[template]) not in told.setdefault(number, []):
            told[number].append(words)
    lines = _lines(session, user_id, told)
    return bool(lines) and bool(enqueue(session, TEMPLATE, Recipient.USER, user_id, context={"told": lines}))


def _lines(session: Session, user_id: int, told: Mapping[int, list[str]]) -> list[dict[str, Any]]:
    """A line for each ticket that they may still see, the one that is due first at the top."""
    actor = actor_of(session, user_id)
    if actor is None:
        return []
    query = select(Ticket).where(col(Ticket.number).in_(sorted(told)), visible_to(actor.within(Area.TICKETS)))
    order = (col(Ticket.status).in_(LIVE).desc(), col(Ticket.due_at))
    return [
        {
            "reference": reference(ticket.number),
            "words": "; ".join(told[ticket.number]),
            "due_at": ticket.due_at.isoformat() if ticket.status in LIVE else "",
            "link": absolute_url(TICKET_PAGE, number=ticket.number),
        }
        for ticket in session.exec(query.order_by(*order, col(Ticket.number)))
    ]
