"""Clear words: a person has read the first words of a report, and they may stand in what a supplier is sent.

They stay where they are: no copy is made, and what is removed from them is removed for the supplier too.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.tickets.action_rules import Action
from navigator.tickets.cleared_words import ClearedWords
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Author, Message, Resolution, Status, Ticket

MAX_CLEARED = 10
"""So many reports' words stand in a pack, the newest: it is read by a person."""
_IS_FIRST = (Message.action == Action.REPORT, Message.author == Author.REPORTER, Message.body != "")


def clear_words(session: Session, actor: Actor, number: int, version: int | None, is_cleared: bool) -> Ticket:
    """Say that the first words of a ticket may leave the service, or that they may not after all."""
    ticket = act(session, actor, Action.CLEAR_WORDS, number, version, cleared=is_cleared)
    message = first_words(session, ticket)
    if message is None or (is_cleared and not may_leave(ticket)):
        raise Conflict("These words stay in the service.")
    cleared = session.get(ClearedWords, message.id)
    if cleared and not is_cleared:
        session.delete(cleared)
    elif is_cleared and not cleared:
        session.add(ClearedWords(message_id=message.id, user_id=actor.user_id))
    session.flush()
    return ticket


def may_leave(ticket: Ticket) -> bool:
    """Whether words of a ticket may be cleared: no clinician was asked to read it, nor was it withdrawn."""
    return ticket.review_requested_at is None and ticket.resolution != Resolution.WITHDRAWN


def first_words(session: Session, ticket: Ticket) -> Message | None:
    """What the reporter of a ticket wrote first; None if they only chose what it is."""
    own = select(Message).where(Message.origin_number == ticket.number, *_IS_FIRST)
    return session.exec(own.order_by(col(Message.id)).limit(1)).first()


def clearance_of(session: Session, message: Message | None) -> tuple[str, datetime] | None:
    """Who cleared these words, and when; None if nobody has."""
    if message is None:
        return None
    query = select(User.name, ClearedWords.created_at).join(User, col(User.id) == col(ClearedWords.user_id))
    return session.exec(query.where(ClearedWords.message_id == message.id)).one_or_none()


def cleared_words(session: Session, *of_tickets: ColumnElement[bool]) -> Sequence[str]:
    """The newest first words that were cleared, of tickets whose words may leave."""
    query = (
        select(Message.body)
        .join(ClearedWords, col(ClearedWords.message_id) == col(Message.id))
        .join(Ticket, col(Ticket.number) == col(Message.ticket_number))
        .where(*_IS_FIRST, *of_tickets)
        .where(Ticket.status != Status.MERGED, col(Ticket.review_requested_at).is_(None))
        .where(col(Ticket.resolution).is_distinct_from(Resolution.WITHDRAWN))
    )
    return session.exec(query.order_by(col(Message.id).desc()).limit(MAX_CLEARED)).all()
