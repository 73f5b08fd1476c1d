"""Look-ups of services and their programmes, overrides, contacts, business hours and crisis card."""

from datetime import datetime
from functools import lru_cache

from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.catalogue import Fixability
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_card import CrisisCard, default_crisis_card
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.fixability import Override
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride, ServiceProgramme
from navigator.catalogue.service import Service
from navigator.errors import Invalid


def services(session: Session) -> list[Service]:
    """All services by name."""
    return list(session.exec(select(Service).order_by(col(Service.name))))


def service_by_code(session: Session, code: str) -> Service:
    """The service of that code."""
    service = session.exec(select(Service).where(Service.code == code)).one_or_none()
    if service is None:
        raise Invalid("There is a problem", {"service": "Choose a service from the list."})
    return service


def programmes_of(session: Session, service_id: int) -> list[Programme]:
    """The programmes that a service offers, by name."""
    query = (
        select(Programme)
        .join(ServiceProgramme, col(ServiceProgramme.programme_id) == col(Programme.id))
        .where(ServiceProgramme.service_id == service_id)
        .order_by(col(Programme.name))
    )
    return list(session.exec(query))


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
    query = select(ProgrammeCategoryOverride).where(
        ProgrammeCategoryOverride.programme_id == programme_id, ProgrammeCategoryOverride.category == category
    )
    row = session.exec(query).one_or_none() if programme_id and category else None
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
    query = select(Contact).where(Contact.service_id == service_id, Contact.kind == kind)
    return session.exec(query).one_or_none()


def crisis_card_of(session: Session, service: Service | None) -> CrisisCard:
    """The crisis card with a service's own wording, else as printed."""
    wording = session.get(CrisisWording, service.id) if service else None
    if wording is None or not wording.lines:
        return default_crisis_card()
    return default_crisis_card().model_copy(
        update={"lines": wording.lines, "owner": wording.owner, "review_on": wording.review_on}
    )


def names_of_place() -> tuple[str, ...]:
    """The names of all services, programmes and suppliers: what nobody's password is made of."""
    with database.reading() as session:
        programmes = session.exec(select(Programme.name, Programme.supplier)).all()
        names = session.exec(select(Service.name)).all()
    return (*names, *(name for programme in programmes for name in programme if name))
