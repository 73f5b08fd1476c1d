"""Services that take reports: what each still lacks before it may, and the programmes to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from navigator.catalogue.contact import ContactKind
from navigator.catalogue.lookups import programmes_of, services
from navigator.catalogue.programme import Programme
from navigator.catalogue.reference_data import reference_data
from navigator.catalogue.retention_period import RECORD_CLASSES, all_periods, days_of
from navigator.catalogue.service import Service
from navigator.catalogue.turn_to import phone_line
from navigator.errors import Unavailable
from navigator.people.user import Role

REQUIRED_CONTACTS = (ContactKind.DUTY_CLINICIAN, ContactKind.DEPUTY, ContactKind.MANAGER)
REQUIRED_ROLES = (Role.NAVIGATOR, Role.CLINICIAN)


def missing(session: Session, service: Service) -> list[str]:
    """What a service still lacks before it may take reports, in words; empty when complete."""
    data = reference_data(session)
    kinds = (kind for kind in REQUIRED_CONTACTS if (service.id, kind) not in data.contacts)
    parts = [f"a contact for {kind.replace('_', ' ')}" for kind in kinds]
    wording = data.crisis_wordings.get(service.id)
    if wording is None or not wording.owner or wording.review_on is None:
        parts.append("crisis wording with an owner and a review date")
    notice = data.privacy_notices.get(service.id)
    if notice is None or not notice.is_complete:
        parts.append("a privacy notice with all its parts, an owner and a review date")
    active_roles = data.roles.get(service.id, frozenset())
    return parts + [f"a {role} who can log in" for role in REQUIRED_ROLES if role not in active_roles]


def require_complete(session: Session, service: Service) -> None:
    """Refuse reports for a service that could not answer words of risk."""
    if missing(session, service):
        line = phone_line(session, service)
        number = f": {line.phone}" if line else ""
        raise Unavailable(f"{service.name} takes no reports here now. Please phone your service{number}.")


def takes_reports(session: Session, service: Service) -> bool:
    """Whether nothing is missing."""
    return not missing(session, service)


@dataclass(frozen=True)
class ServiceOffer:
    """A service that takes reports, and its programmes."""

    service: Service
    programmes: Sequence[Programme]


def services_taking_reports(session: Session) -> list[ServiceOffer]:
    """The services that take reports, with their programmes."""
    return [
        ServiceOffer(service, programmes_of(session, service.id))
        for service in services(session)
        if not missing(session, service)
    ]


@dataclass(frozen=True)
class PublicNotice:
    """What a service says of the records that it keeps, as its patients read it."""

    service: str
    how_long: str
    days: tuple[tuple[str, int | None], ...]
    """For each class of record the days that act; None where it is kept until the service decides."""
    legal_basis: str
    data_protection: str


def privacy_notices(session: Session) -> list[PublicNotice]:
    """The privacy notices of the services that take reports."""
    notices, decided = reference_data(session).privacy_notices, all_periods(session)
    return [
        PublicNotice(
            service=offer.service.name,
            how_long=notice.periods,
            days=tuple((code, days_of(decided.get(offer.service.id, {}), code)) for code in RECORD_CLASSES),
            legal_basis=notice.lawful_basis,
            data_protection=f"{notice.controller}. {notice.contact}",
        )
        for offer in services_taking_reports(session)
        if (notice := notices.get(offer.service.id))
    ]
