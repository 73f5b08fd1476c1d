"""Looking up services, their programmes, contacts and calendars; and what a service still lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.categories import Fixability
from navigator.catalogue.crisis import CrisisCard, printed_card
from navigator.catalogue.fixability import Override
from navigator.catalogue.place import (
    Contact,
    ContactKind,
    CrisisWording,
    Programme,
    ProgrammeOverride,
    Service,
    ServiceProgramme,
)
from navigator.catalogue.working_time import WorkingCalendar
from navigator.errors import Invalid, Unavailable
from navigator.people import roster
from navigator.people.person import Role

NEEDED = (ContactKind.DUTY_CLINICIAN, ContactKind.DEPUTY, ContactKind.MANAGER)
STAFFED = (Role.NAVIGATOR, Role.CLINICIAN)


def services(session: Session) -> list[Service]:
    """All services by name."""
    return list(session.exec(select(Service).order_by(col(Service.name))))


def service_by_code(session: Session, code: str) -> Service:
    """The service of that code."""
    found = session.exec(select(Service).where(Service.code == code)).one_or_none()
    if found is None:
        raise Invalid("There is a problem", {"service": "Choose a service from the list."})
    return found


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
    """What a programme says about a leaf, where that differs from the catalogue."""
    query = select(ProgrammeOverride).where(
        ProgrammeOverride.programme_id == programme_id, ProgrammeOverride.category == category
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
    """The working calendar of a service; made once for each set of hours."""
    hours = tuple((day, tuple(times)) for day, times in service.hours.items())
    return _calendar(hours, service.division, tuple(service.closed_days), tuple(service.open_days))


@lru_cache(maxsize=256)
def _calendar(
    hours: tuple[tuple[str, tuple[str, ...]], ...],
    division: str,
    closed: tuple[str, ...],
    opened: tuple[str, ...],
) -> WorkingCalendar:
    return WorkingCalendar.from_settings(dict(hours), division, closed, opened)


def opening_of(service: Service) -> datetime:
    """When somebody of a service is next at work: now, while it is open."""
    return calendar_of(service).next_opening(clock.now())


def contact_of(session: Session, service_id: int, kind: str) -> Contact | None:
    """The named contact of a service for one kind of matter."""
    query = select(Contact).where(Contact.service_id == service_id, Contact.kind == kind)
    return session.exec(query).one_or_none()


def missing(session: Session, service: Service) -> list[str]:
    """What a service must have before it may take reports, in words; empty when complete."""
    have = set(session.exec(select(Contact.kind).where(Contact.service_id == service.id)))
    lacks = [f"a contact for {kind.replace('_', ' ')}" for kind in NEEDED if kind not in have]
    wording = session.get(CrisisWording, service.id)
    if wording is None or not wording.owner or wording.review_on is None:
        lacks.append("crisis wording with an owner and a review date")
    able = roster.able(session, service.id)
    return lacks + [f"a {role} who can log in" for role in STAFFED if role not in able]


def require_complete(session: Session, service: Service) -> None:
    """Refuse reports for a service that could not answer words of risk."""
    if missing(session, service):
        raise Unavailable(f"{service.name} does not take reports here yet. Please phone your service.")


@dataclass(frozen=True)
class Offer:
    """A service that takes reports, and its programmes."""

    service: Service
    programmes: Sequence[Programme]


def offers(session: Session) -> list[Offer]:
    """What somebody may report about: complete services with their programmes."""
    return [
        Offer(service, programmes_of(session, service.id))
        for service in services(session)
        if not missing(session, service)
    ]


def card_of(session: Session, service: Service | None) -> CrisisCard:
    """The crisis card with a service's own wording, else as printed."""
    wording = session.get(CrisisWording, service.id) if service else None
    if wording is None or not wording.lines:
        return printed_card()
    return printed_card().model_copy(
        update={"lines": wording.lines, "owner": wording.owner, "review_on": wording.review_on}
    )
