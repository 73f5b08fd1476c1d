"""Last activity of a ticket: which side did it, in words or not, and who needs an answer."""

from datetime import datetime

from sqlmodel import Session, col, select

from navigator import clock
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.ticket import LIVE, Activity, Audience, Author, Message, Status, Ticket

_ASKS = frozenset({Action.REPORT, Action.ANSWER, Action.REOPEN, Action.STILL_BROKEN})
"""What a reporter does, in words or not, that somebody must answer."""


def is_reporter(actor: Actor, ticket: Ticket) -> bool:
    """Whether an actor writes on a ticket as its reporter and not as staff."""
    if actor.user_id is None and actor.key_id is None:
        return True
    return not actor.roles.get(ticket.service_id, frozenset()) & {
        Role.NAVIGATOR,
        Role.MANAGER,
        Role.CLINICIAN,
    }


def note_action(actor: Actor, action: Action, ticket: Ticket) -> None:
    """Note what somebody did; what the desk does by itself is no activity, nor what is taken back."""
    if action is Action.TAKE_BACK or (actor.is_system and action is not Action.REPORT):
        return
    is_theirs = action is Action.REPORT or is_reporter(actor, ticket)
    _note(ticket, Activity.THEY_ACTED if is_theirs else Activity.WE_ACTED)
    if ticket.status not in LIVE | {Status.MERGED}:
        ticket.needs_answer_since_at = None
    elif is_theirs and action in _ASKS:
        ticket.needs_answer_since_at = ticket.needs_answer_since_at or ticket.last_activity_at


def note_message(actor: Actor, ticket: Ticket, message: Message) -> None:
    """Note that something was written; staff's answer to the reporter ends that they need one."""
    is_theirs = message.author == Author.REPORTER or (not actor.is_system and is_reporter(actor, ticket))
    _note(ticket, Activity.THEY_WROTE if is_theirs else Activity.WE_WROTE)
    if message.author == Author.STAFF and ACTION_RULES[Action(message.action)].answers:
        ticket.needs_answer_since_at = None


def note_spoken(ticket: Ticket) -> None:
    """Note that somebody spoke with the reporter, who needs no other answer."""
    ticket.needs_answer_since_at = None


def _note(ticket: Ticket, activity: Activity) -> None:
    ticket.last_activity_at, ticket.last_activity = clock.now(), activity


def recount_activity(session: Session, ticket: Ticket) -> None:
    """Work the activity out anew from the messages: where they were copied, or came meanwhile."""
    query = select(Message).where(Message.ticket_number == ticket.number).order_by(col(Message.id))
    for message in session.exec(query):
        is_theirs = message.author == Author.REPORTER
        ticket.last_activity = Activity.THEY_WROTE if is_theirs else Activity.WE_WROTE
        ticket.last_activity_at = message.created_at
    ticket.needs_answer_since_at = asked_since(session, ticket) if ticket.status in LIVE else None


def asked_since(session: Session, ticket: Ticket) -> datetime | None:
    """Since when what was written on a ticket, by its reporter or in a joined mail, has no answer."""
    query = select(Message).where(Message.ticket_number == ticket.number).order_by(col(Message.id))
    asked_at = None
    for message in session.exec(query):
        is_asked = message.audience == Audience.PUBLIC or message.action == Action.JOIN_MAIL
        if message.author == Author.REPORTER and is_asked:
            asked_at = asked_at or message.created_at
        elif message.author == Author.STAFF and ACTION_RULES[Action(message.action)].answers:
            asked_at = None
    return asked_at
