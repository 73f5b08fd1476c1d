"""What becomes of a booked call whose ticket ended or changed hands, or whose navigator is away then."""

from datetime import datetime

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.call_times import is_open_for
from navigator.catalogue.service import Service
from navigator.people.actor import SYSTEM
from navigator.people.user import User
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.call_diary import (
    cancel,
    may_be_phoned,
    move,
    reporter_of,
    tell,
    tell_navigator,
)
from navigator.tickets.assignment.free_navigators import free_for
from navigator.tickets.booked_call import BookedCall, live_call
from navigator.tickets.held_send import held_sends
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import LIVE, Ticket


@clock.one_moment()
def settle_call(session: Session, now: datetime, number: int) -> bool:
    """Cancel or hand over the booked call of a ticket, if it cannot be held as it stands.

    What was sent and can still be taken back may have ended the ticket: that is waited for.
    """
    call = live_call(session, number)
    if call is None or held_sends(session, number, now):
        return False
    ticket = session.get_one(Ticket, number)
    if not _can_be_held(session, ticket, call):
        _cancel(session, number, call)
        return True
    return call.is_to_come and _hand_over(session, ticket, call)


def _can_be_held(session: Session, ticket: Ticket, call: BookedCall) -> bool:
    """Whether the ticket still wants it, its reporter may be phoned, and the service is open then."""
    service = session.get_one(Service, ticket.service_id)
    is_wanted = ticket.status in LIVE and not ticket.diverted_to
    is_open = not call.is_to_come or is_open_for(service, call.starts_at, call.minutes)
    return is_wanted and is_open and may_be_phoned(reporter_of(session, call))


def _hand_over(session: Session, ticket: Ticket, call: BookedCall) -> bool:
    """Let whoever has the ticket hold its call, or who is there then; where nobody can, it is cancelled.

    That somebody else phones is no news to its reporter; that nobody does is told.
    """
    navigator = session.get_one(User, call.navigator_id)
    is_there = not navigator.is_away_on(clock.local(call.starts_at).date())
    if is_there and navigator.id == ticket.assignee_id:
        return False
    if free := free_for(session, ticket, call):
        act(session, SYSTEM, Action.MOVE_CALL, ticket.number, handed_over_by=navigator.id)
        move(session, SYSTEM, ticket, call, call.starts_at, free)
    else:
        _cancel(session, ticket.number, call)
    return True


def _cancel(session: Session, number: int, call: BookedCall) -> None:
    """Whoever was to hold it hears of it, too: they may have it in a calendar of their own."""
    ticket = act(session, SYSTEM, Action.CANCEL_CALL, number)
    cancel(session, ticket, call)
    if call.is_cancelled:
        tell_navigator(session, SYSTEM, ticket, call, "cancelled")


@clock.one_moment()
def remind(session: Session, now: datetime, number: int) -> bool:
    """Remind whoever booked a call, unless it cannot be held; they are reminded once."""
    call = live_call(session, number)
    if call is None:
        return False
    settle_call(session, now, number)
    call.remind_at = None
    return call.is_to_come and tell(session, call, "call_reminder") is not None
