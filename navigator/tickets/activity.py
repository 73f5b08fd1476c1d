"""Last activity of a ticket: which side did it, in words or not, and who needs an answer."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from navigator import clock
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.user import TEAM, Membership
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.enums import CallOutcome
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import LIVE, Activity, Audience, Author, Event, Message, Status, Ticket
from navigator.tickets.visibility import joined_tickets

_ASKS = frozenset({Action.REPORT, Action.ANSWER, Action.REOPEN, Action.STILL_BROKEN})
"""What a reporter does, in words or not, that somebody must answer."""
_ENDS = frozenset({Action.CONFIRM, Action.CLOSE, Action.WITHDRAW})
_STAFF = frozenset(TEAM)
_ANSWERED, _ASKED = range(2)
_LAST = sys.maxsize
_Deed = tuple[datetime, int, int, int, datetime]
"""When it was done and, of one moment, in which order; whose ticket (0 is all), what, and since when."""


def is_reporter(actor: Actor, ticket: Ticket) -> bool:
    """Whether an actor writes on a ticket as its reporter and not as staff."""
    if actor.user_id is None and actor.key_id is None:
        return True
    return not actor.roles.get(ticket.service_id, frozenset()) & _STAFF


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
    """Since when its reporter, or whoever wrote a joined mail, waits for an answer, from all that was done.

    A call, or that it ended, answers whoever reported this ticket, and not whose ticket was merged with it.
    """
    asked: dict[int, datetime] = {}
    for _, _, number, deed, at in sorted([*_said(session, ticket), *_done(session, ticket)]):
        if deed == _ASKED:
            asked.setdefault(number, at)
        elif number:
            asked.pop(number, None)
        else:
            asked.clear()
    return min(asked.values(), default=None)


def _said(session: Session, ticket: Ticket) -> Iterator[_Deed]:
    """What was written there: a moved mail counts since it was written, and stands where it was moved in."""
    came = {each.details.get("said"): each.created_at for each in _events(session, ticket, Action.JOIN_MAIL)}
    merged = joined_tickets(session, ticket.number)
    for each in session.exec(select(Message).where(Message.ticket_number == ticket.number)):
        whose = each.origin_number if each.origin_number in merged else ticket.number  # else split from it
        is_asked = each.audience == Audience.PUBLIC or each.action == Action.JOIN_MAIL
        if each.author == Author.REPORTER and is_asked:
            yield came.get(each.id, each.created_at), each.id, whose, _ASKED, each.created_at
        elif each.author == Author.STAFF and ACTION_RULES[Action(each.action)].answers:
            yield each.created_at, each.id, 0, _ANSWERED, each.created_at


def _done(session: Session, ticket: Ticket) -> Iterator[_Deed]:
    """What was done there without words: the reporter asked again or ended it, or was spoken with."""
    for each in _events(session, ticket, Action.STILL_BROKEN, Action.REOPEN, *_ENDS):
        if each.action in _ENDS:
            yield each.created_at, 0, ticket.number, _ANSWERED, each.created_at
        elif each.action == Action.STILL_BROKEN or _is_by_reporter(session, each, ticket):
            yield each.created_at, _LAST, ticket.number, _ASKED, each.created_at
    spoken = select(PhoneCall.created_at).where(
        PhoneCall.ticket_number == ticket.number, PhoneCall.outcome == CallOutcome.SPOKE
    )
    for at in session.exec(spoken):
        yield at, 0, ticket.number, _ANSWERED, at


def _events(session: Session, ticket: Ticket, *actions: Action) -> Sequence[Event]:
    query = select(Event).where(Event.ticket_number == ticket.number, col(Event.action).in_(actions))
    return session.exec(query.order_by(col(Event.id))).all()


def _is_by_reporter(session: Session, event: Event, ticket: Ticket) -> bool:
    """Whether a reporter did it, as `is_reporter` had it, as far as events tell."""
    if event.actor_id is None:
        return event.actor_name == ANONYMOUS.name
    query = select(Membership.user_id).where(
        Membership.user_id == event.actor_id,
        Membership.service_id == ticket.service_id,
        col(Membership.role).in_(_STAFF),
    )
    return session.exec(query.limit(1)).first() is None
