"""Whom to turn to where the desk cannot help: who is written to, and whom to call at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from navigator.catalogue.catalogue import Category
from navigator.catalogue.contact import Contact, ContactKind
from navigator.catalogue.enums import Fixability
from navigator.catalogue.lookups import contact_of
from navigator.catalogue.service import Service
from navigator.dates_in_words import opening_hours


@dataclass(frozen=True)
class PhoneLine:
    """A number that patients may call, whose it is, and when somebody is there."""

    name: str
    phone: str
    hours: str = ""


def phone_line(session: Session, service: Service) -> PhoneLine | None:
    """The number that a service gives its patients, else that of its booking line."""
    if service.phone:
        return PhoneLine(service.name, service.phone, opening_hours(service.hours))
    booking = contact_of(session, service.id, ContactKind.BOOKING)
    if booking is None or not booking.phone:
        return None
    return PhoneLine(f"{service.name}: {booking.role_name}", booking.phone, booking.hours)


@dataclass(frozen=True)
class TurnTo:
    """The contact that is written to, and the one that answers the phone; None where a service has none."""

    written_to: Contact | None = None
    called: Contact | None = None


def turn_to(session: Session, service_id: int, category: Category | None) -> TurnTo:
    """Whom a service names for a divert; nobody for anything else."""
    if category is None or category.fixability is not Fixability.DIVERT:
        return TurnTo()
    found = [contact for kind in category.contacts if (contact := contact_of(session, service_id, kind))]
    written_to = next((contact for contact in found if contact.email), None)
    # Who is on duty for words of risk is not to be kept on the phone by other matters.
    callable_now = (each for each in found if each is written_to or each.kind != ContactKind.DUTY_CLINICIAN)
    return TurnTo(written_to, next((contact for contact in callable_now if contact.phone), None))


def whom_to_call(session: Session, services: Iterable[Service], category: Category | None) -> list[PhoneLine]:
    """Whom to call at once about a category, in each of the services that may be somebody's."""
    return [line for service in services if (line := _line_for(session, service, category))]


def _line_for(session: Session, service: Service, category: Category | None) -> PhoneLine | None:
    called = turn_to(session, service.id, category).called
    if called is None:
        return phone_line(session, service)
    return PhoneLine(f"{service.name}: {called.role_name}", called.phone, called.hours)
