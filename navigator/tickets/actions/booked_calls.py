"""Booked calls: a reporter books one, it is moved or cancelled, and who is told of it."""

from datetime import timedelta
from enum import StrEnum
from itertools import groupby

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.service import Service
from navigator.dates_in_words import day, time, when
from navigator.errors import Conflict, TooMany
from navigator.languages import gettext as _
from navigator.people.actor import SYSTEM, Actor
from navigator.people.rate_limit import Limit, hit
from navigator.people.reporter import ContactMethod, Reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.call_diary import cancel, count_change, end, move, place, tell, tell_navigator
from navigator.tickets.assignment.free_navigators import free_times
from navigator.tickets.booked_call import BookedCall, last_call_booked_on, live_call
from navigator.tickets.booking_inputs import BookCallInput, CallTimeInput
from navigator.tickets.detail import TicketDetail
from navigator.tickets.lifecycle import act, record
from navigator.tickets.ticket import LIVE, Ticket
from navigator.tickets.visibility import find, follow_merges, lock_tickets

BOOKINGS = Limit(10, timedelta(hours=24))


class NoBooking(StrEnum):
    """Why no call can be booked about a ticket."""

    OFF = "off"
    ENDED = "ended"
    UNSAFE = "unsafe"
    NO_CONTACT = "no contact"
    NEED = "need"


def why_not(service: Service, ticket: Ticket, reporter: Reporter | None) -> NoBooking | None:
    """Why its reporter can book no call; None where they can.

    Who said that contact is not safe, or that they want none, says otherwise first.
    """
    if not service.call_hours:
        return NoBooking.OFF
    if ticket.status not in LIVE or ticket.diverted_to or reporter is None:
        return NoBooking.ENDED
    if not reporter.is_written_to:
        return NoBooking.UNSAFE
    if reporter.is_not_phoned:
        return NoBooking.NEED
    return NoBooking.NO_CONTACT if reporter.contact_method == ContactMethod.NONE else None


def can_book(detail: TicketDetail) -> bool:
    """Whether the reporter who reads this can book a call."""
    is_allowed = Action.BOOK_CALL in detail.allowed
    return is_allowed and why_not(detail.service, detail.ticket, detail.reporter) is None


@clock.one_moment()
def book_call(session: Session, actor: Actor, number: int, booking: BookCallInput) -> BookedCall:
    """Book a call at a time that is free: with whoever has the ticket, or who gets it by this."""
    ticket = act(session, actor, Action.BOOK_CALL, number, booking.version, at=booking.starts_at.isoformat())
    _limit(session, actor)
    service = session.get_one(Service, ticket.service_id)
    if why_not(service, ticket, session.get_one(Reporter, ticket.reporter_id)):
        raise Conflict("A call cannot be booked about this report.")
    _settle_earlier(session, ticket)
    free = free_times(session, ticket, lock=True).get(booking.starts_at, ())
    call = BookedCall(
        ticket_number=ticket.number,
        origin_number=ticket.number,
        navigator_id=0,
        starts_at=booking.starts_at,
        minutes=service.call_minutes,
        phone=booking.phone,
        voicemail_is_safe=booking.voicemail_is_safe,
    )
    place(session, ticket, call, free)
    tell(session, call, "call_booked")
    tell_navigator(session, actor, ticket, call, "booked")
    return call


def _limit(session: Session, actor: Actor) -> None:
    """Refuse a reporter who books and moves without end: each time somebody is written to."""
    if actor.ticket_number is not None and not hit(session, "booked calls", str(actor.own_ticket), BOOKINGS):
        raise TooMany("You have changed the call many times today. Write to us instead.")


def _settle_earlier(session: Session, ticket: Ticket) -> None:
    """End a call whose time is over and that nobody logged; one that is to come stays the only one."""
    if call := live_call(session, ticket.number):
        if call.ends_at > clock.now():
            words = _("You have a call booked already: %(when)s.")
            raise Conflict(words % {"when": when(call.starts_at)})
        end(session, call)


@clock.one_moment()
def move_call(session: Session, actor: Actor, number: int, booking: CallTimeInput) -> BookedCall:
    """Move a call to another free time; a reporter may give another number with it."""
    ticket = act(session, actor, Action.MOVE_CALL, number, booking.version, at=booking.starts_at.isoformat())
    _limit(session, actor)
    call = _call_to_come(session, ticket)
    free = free_times(session, ticket, moved=call, lock=True).get(booking.starts_at, ())
    call.minutes = session.get_one(Service, ticket.service_id).call_minutes
    if isinstance(booking, BookCallInput):
        call.phone, call.voicemail_is_safe = booking.phone, booking.voicemail_is_safe
    count_change(call)
    move(session, actor, ticket, call, booking.starts_at, free)
    if tell(session, call, "call_moved") is None and actor.ticket_number is None:
        ticket.next_call_at = clock.now()  # nobody can write to them: somebody phones them about it
    return call


@clock.one_moment()
def cancel_call(session: Session, actor: Actor, number: int, version: int | None = None) -> BookedCall:
    """Cancel a call that is to come; its reporter is told, or phoned where nobody can write to them."""
    lock_tickets(session, SYSTEM, {number, follow_merges(session, number)})
    ticket = act(session, actor, Action.CANCEL_CALL, number, version)
    if actor.ticket_number is None:
        call = _call_to_come(session, ticket)
    else:
        call, ticket = _own_call(session, actor, ticket)
    cancel(session, ticket, call, is_known=actor.ticket_number is not None)
    tell_navigator(session, actor, ticket, call, "cancelled")
    return call


def _own_call(session: Session, actor: Actor, own: Ticket) -> tuple[BookedCall, Ticket]:
    """The call that a reporter booked, and the ticket on which it stands now: it hears of it, too."""
    call = last_call_booked_on(session, actor.reads or {own.number})
    if call is None or not call.is_to_come:
        raise Conflict("There is no call to cancel any more.")
    if call.ticket_number == own.number:
        return call, own
    ticket = find(session, SYSTEM, call.ticket_number, lock=True)
    return call, record(session, actor, Action.CANCEL_CALL, ticket, said_on=own.number)


def _call_to_come(session: Session, ticket: Ticket) -> BookedCall:
    call = live_call(session, ticket.number)
    if call is None or not call.is_to_come:
        raise Conflict("There is no booked call that is to come.")
    return call


def times_by_day(session: Session, ticket: Ticket) -> list[tuple[str, list[tuple[str, str]]]]:
    """The times to which the booked call of a ticket can be moved, by their day in words."""
    free = free_times(session, ticket, moved=live_call(session, ticket.number))
    return [(on, [(at.isoformat(), time(at)) for at in times]) for on, times in groupby(free, key=day)]
