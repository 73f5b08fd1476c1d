"""Booked calls that cannot be held as they stand, and those whose reporter is to be reminded."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from navigator.people.reporter import ContactMethod, Reporter
from navigator.people.user import User
from navigator.tickets.booked_call import BookedCall
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.ticket import Ticket

_ORIGIN = aliased(Ticket)
_IS_OF_TICKET = (col(BookedCall.ticket_number) == col(Ticket.number), col(BookedCall.ended_at).is_(None))


def calls_to_settle(_: datetime) -> Select[Any]:
    """Tickets with a live call that perhaps cannot be held: ended, in other hands, unsafe, or somebody away.

    On which day somebody is away, the handler looks: days and moments are not compared on both engines alike.
    """
    is_not_phoned = or_(
        col(Reporter.is_safe_to_contact).is_(False),
        col(Reporter.is_unsent),
        col(Reporter.contact_method) == ContactMethod.NONE,
    )
    may_not_be_held = or_(
        ~IS_LIVE,
        col(Ticket.diverted_to).is_not(None),
        col(Ticket.assignee_id).is_(None),
        col(Ticket.assignee_id) != col(BookedCall.navigator_id),
        col(User.away_from_on).is_not(None),
        is_not_phoned,
    )
    call = (
        exists()
        .where(*_IS_OF_TICKET, may_not_be_held)
        .where(col(User.id) == col(BookedCall.navigator_id))
        .where(col(_ORIGIN.number) == col(BookedCall.origin_number))
        .where(col(Reporter.id) == col(_ORIGIN.reporter_id))
    )
    return select(Ticket.number).where(call)


def calls_ahead(now: datetime) -> Select[Any]:
    """Tickets with a live call that is to come: perhaps their service has closed that day or hour since.

    Hours and closed days are no columns that both engines compare: the handler looks.
    """
    return select(Ticket.number).where(exists().where(*_IS_OF_TICKET, col(BookedCall.starts_at) > now))


def calls_to_remind(now: datetime) -> Select[Any]:
    """Tickets with a live call of which its reporter is to be reminded by now."""
    return select(Ticket.number).where(exists().where(*_IS_OF_TICKET, col(BookedCall.remind_at) <= now))
