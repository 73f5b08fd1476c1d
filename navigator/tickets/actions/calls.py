"""The phone: calls are logged with what came of them, and when to try next in the service's working time."""

from datetime import date, datetime, time

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import add_message
from navigator.tickets.deadlines import MAX_DAYS_AHEAD
from navigator.tickets.enums import PartOfDay
from navigator.tickets.inputs import CallInput
from navigator.tickets.lifecycle import act
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Ticket

_NOON = time(12)


def call(session: Session, actor: Actor, number: int, what: CallInput) -> Ticket:
    """Log a phone call with the reporter, or that nobody took it; what was said is for staff only."""
    ticket = act(session, actor, Action.CALL, number, what.version, came=what.came)
    ticket.next_call_at = _next_try(session, ticket, what)
    session.add(
        PhoneCall(
            ticket_number=number,
            user_id=actor.user_id,
            outcome=what.came,
            purpose=what.responsibility,
            direction=what.started_by,
            minutes=what.minutes,
        )
    )
    if what.body:
        add_message(session, actor, ticket, Action.CALL, what.body)
    return ticket


def _next_try(session: Session, ticket: Ticket, what: CallInput) -> datetime | None:
    if what.next_on is None:
        return None
    if what.next_on > clock.today() + MAX_DAYS_AHEAD:
        raise Invalid(
            "There is a problem", {"next_on": f"Choose a day within the next {MAX_DAYS_AHEAD.days} days."}
        )
    calendar = calendar_of(session.get_one(Service, ticket.service_id))
    found = _begins(calendar, what.next_on, what.next_part)
    if found is None:
        raise Invalid("There is a problem", {"next_on": "Choose a part of a day that is still to come."})
    return found


def _begins(calendar: WorkingCalendar, on: date, part: PartOfDay) -> datetime | None:
    """When a part of a working day begins, on a day or on the next that is open; None once it is over."""
    opens_at = calendar.opening_from(on)
    noon = datetime.combine(clock.local(opens_at).date(), _NOON, clock.LONDON)
    if part is PartOfDay.MORNING:
        return opens_at if clock.now() < noon else None
    begins_at = calendar.next_opening(noon)
    open_at = calendar.next_opening(max(clock.now(), begins_at))
    return begins_at if clock.local(open_at).date() == clock.local(begins_at).date() else None
