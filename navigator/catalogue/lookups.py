"""Look-ups of services and their programmes, overrides, contacts, business hours and crisis card."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlmodel import Session

from navigator import clock, database
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.catalogue import Fixability
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_card import CrisisCard, default_crisis_card
from navigator.catalogue.fixability import Override
from navigator.catalogue.programme import Programme
from navigator.catalogue.reference_data import reference_data
from navigator.catalogue.routing_rule import RoutingRule
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.languages import current


def services(session: Session) -> list[Service]:
    """All services by name: to be read; a change begins with the row of one's own session."""
    return list(reference_data(session).services)


def service_by_code(session: Session, code: str) -> Service:
    """The service of that code."""
    for service in reference_data(session).services:
        if service.code == code:
            return service
    raise Invalid("There is a problem", {"service": "Choose a service from the list."})


def service_of(session: Session, service_id: int) -> Service:
    """The service of that number."""
    return {each.id: each for each in reference_data(session).services}[service_id]


def programme_of(session: Session, programme_id: int | None) -> Programme | None:
    """The programme of that number; None for none."""
    return reference_data(session).all_programmes[programme_id] if programme_id else None


def programme_named(session: Session, code: str) -> Programme | None:
    """The programme of that code, whichever service offers it; None if there is none."""
    programmes = reference_data(session).all_programmes.values()
    return next((programme for programme in programmes if programme.code == code), None)


def programmes_of(session: Session, service_id: int) -> list[Programme]:
    """The programmes that a service offers, by name."""
    return list(reference_data(session).programmes.get(service_id, ()))


def programme_by_code(session: Session, service: Service, code: str | None) -> Programme | None:
    """The programme of that code, which the service must offer; None for none."""
    if not code:
        return None
    for programme in programmes_of(session, service.id):
        if programme.code == code:
            return programme
    raise Invalid("There is a problem", {"programme": "Choose a programme from the list."})


def override_for(session: Session, programme_id: int | None, category: str | None) -> Override | None:
    """A programme's override of a category, where it differs from the catalogue."""
    row = reference_data(session).overrides.get((programme_id or 0, category or ""))
    if row is None:
        return None
    return Override(
        fixability=Fixability(row.fixability),
        reason=row.reason,
        next_step=row.next_step,
        workaround=row.workaround,
        verified_on=row.verified_on,
        verified_by=row.verified_by,
    )


def calendar_of(service: Service) -> WorkingCalendar:
    """The business hours of a service; made once for each set of hours."""
    hours = tuple((day, tuple(times)) for day, times in service.hours.items())
    return _cached_calendar(hours, service.division, tuple(service.closed_days), tuple(service.open_days))


@lru_cache(maxsize=256)
def _cached_calendar(
    hours: tuple[tuple[str, tuple[str, ...]], ...],
    division: str,
    closed_days: tuple[str, ...],
    open_days: tuple[str, ...],
) -> WorkingCalendar:
    return WorkingCalendar.from_settings(dict(hours), division, closed_days, open_days)


def next_opening_of(service: Service) -> datetime:
    """When a service opens next: now, while it is open."""
    return calendar_of(service).next_opening(clock.now())


def contact_of(session: Session, service_id: int, kind: str) -> Contact | None:
    """The named contact of a service for one kind of matter."""
    return reference_data(session).contacts.get((service_id, kind))


def rules_of(session: Session, service_id: int) -> Sequence[RoutingRule]:
    """The routing rules of a service, in the order in which they apply: to be read."""
    return reference_data(session).rules.get(service_id, ())


def crisis_card_of(session: Session, service: Service | None) -> CrisisCard:
    """The crisis card in a service's own words, in the language spoken if it has such; else in English.

    Words in another language are shown only while the English beside which they were signed is as it was.
    """
    english, language = english_crisis_card_of(session, service), current().code
    signed = reference_data(session).languages.get((service.id, language)) if service else None
    if signed is None or not signed.is_signed or not signed.has_lines_beside(english):
        return english
    return default_crisis_card().model_copy(update={"lines": signed.lines, "language": language})


def english_crisis_card_of(session: Session, service: Service | None) -> CrisisCard:
    """The crisis card in a service's own words; else as printed."""
    wording = reference_data(session).crisis_wordings.get(service.id) if service else None
    if wording is None or not wording.lines:
        return default_crisis_card()
    return default_crisis_card().model_copy(
        update={"lines": wording.lines, "owner": wording.owner, "review_on": wording.review_on}
    )


def names_of_place() -> tuple[str, ...]:
    """The names of all services, programmes and suppliers: what nobody's password is made of."""
    with database.reading() as session:
        data = reference_data(session)
    of_programmes = (name for each in data.all_programmes.values() for name in (each.name, each.supplier))
    return (*(service.name for service in data.services), *filter(None, of_programmes))
