"""Calls as the tests book them: North takes calls from Monday to Friday, times are London's."""

from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.service import Service
from navigator.people.actor import Actor, reporter
from navigator.tickets.actions.booked_calls import book_call
from navigator.tickets.booked_call import BookedCall
from navigator.tickets.booking_inputs import BookCallInput

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def offer_calls(
    session: Session, service_id: int, opens: str = "13:00", closes: str = "15:00", **set: Any
) -> None:
    """Let calls be booked in a service, on every weekday."""
    service = session.get_one(Service, service_id)
    service.call_hours = {day: [opens, closes] for day in WEEKDAYS}
    for name, value in set.items():
        setattr(service, name, value)
    session.flush()


def london(day: str, time: str) -> datetime:
    """A moment as a clock in London shows it: `london("2026-06-10", "13:00")`."""
    local = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=clock.LONDON)
    return local.astimezone(UTC)


def asks(at: datetime, **asked: Any) -> BookCallInput:
    """What somebody asks who books this time."""
    usual = {"starts_at": at, "phone": "07700 900 982", "voicemail_is_safe": False}
    return BookCallInput.model_validate(usual | asked)


def book(session: Session, number: int, at: datetime, actor: Actor | None = None, **asked: Any) -> BookedCall:
    """Book a call as the reporter of a ticket."""
    who = actor or reporter(number, reads=frozenset({number}))
    call = book_call(session, who, number, asks(at, **asked))
    session.flush()
    return call
