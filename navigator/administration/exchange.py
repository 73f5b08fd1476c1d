"""Taking the configuration out as a file and in again: what a file names is added or changed, never taken.

People, keys and tickets are not in it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml
from sqlmodel import Session, col, select

from navigator.administration.configuration import (
    Configuration,
    ContactPart,
    CrisisPart,
    OverridePart,
    Part,
    ProgrammePart,
    ServicePart,
)
from navigator.catalogue.directory import programmes_of, services
from navigator.catalogue.place import (
    Contact,
    CrisisWording,
    Programme,
    ProgrammeOverride,
    Service,
    ServiceProgramme,
)
from navigator.database import Table


def export(session: Session) -> str:
    """The configuration as it stands, in the order of codes."""
    programmes = session.exec(select(Programme).order_by(col(Programme.code))).all()
    whole = Configuration(
        programmes=[_programme_part(session, one) for one in programmes],
        services=[_service_part(session, one) for one in sorted(services(session), key=lambda one: one.code)],
    )
    return yaml.safe_dump(whole.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def _programme_part(session: Session, programme: Programme) -> ProgrammePart:
    query = select(ProgrammeOverride).where(ProgrammeOverride.programme_id == programme.id)
    rows = session.exec(query.order_by(col(ProgrammeOverride.category))).all()
    overrides = [OverridePart.model_validate(row) for row in rows]
    return ProgrammePart(**_own(programme, ProgrammePart), overrides=overrides)


def _service_part(session: Session, service: Service) -> ServicePart:
    query = select(Contact).where(Contact.service_id == service.id).order_by(col(Contact.kind))
    wording = session.get(CrisisWording, service.id)
    return ServicePart(
        **_own(service, ServicePart),
        contacts=[ContactPart.model_validate(row) for row in session.exec(query)],
        crisis=CrisisPart.model_validate(wording) if wording else CrisisPart(),
        programmes=sorted(one.code for one in programmes_of(session, service.id)),
    )


def _own(row: Table, part: type[Part]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in part.model_fields if name in type(row).model_fields}


def load(session: Session, whole: Configuration) -> list[str]:
    """Add and change what the file names; what was changed, in words."""
    done = [words for one in whole.programmes for words in _keep_programme(session, one)]
    return done + [words for one in whole.services for words in _keep_service(session, one)]


def _keep_programme(session: Session, part: ProgrammePart) -> Iterator[str]:
    row = session.exec(select(Programme).where(Programme.code == part.code)).one_or_none()
    row = row or Programme(code=part.code, name=part.name)
    yield from _keep(session, row, part, f"programme {part.code}")
    for override in part.overrides:
        query = select(ProgrammeOverride).where(ProgrammeOverride.programme_id == row.id)
        found = session.exec(query.where(ProgrammeOverride.category == override.category)).one_or_none()
        new = ProgrammeOverride(programme_id=row.id, category=override.category, fixability="", reason="")
        yield from _keep(session, found or new, override, f"programme {part.code}: {override.category}")


def _keep_service(session: Session, part: ServicePart) -> Iterator[str]:
    row = session.exec(select(Service).where(Service.code == part.code)).one_or_none()
    row = row or Service(code=part.code, name=part.name)
    yield from _keep(session, row, part, f"service {part.code}")
    for contact in part.contacts:
        query = select(Contact).where(Contact.service_id == row.id, Contact.kind == contact.kind)
        found = session.exec(query).one_or_none()
        kept = found or Contact(service_id=row.id, kind=contact.kind, role_name="")
        yield from _keep(session, kept, contact, f"service {part.code}: {contact.kind}")
    wording = session.get(CrisisWording, row.id) or CrisisWording(service_id=row.id)
    yield from _keep(session, wording, part.crisis, f"service {part.code}: crisis wording")
    for code in part.programmes:
        programme = session.exec(select(Programme).where(Programme.code == code)).one()
        if session.get(ServiceProgramme, (row.id, programme.id)) is None:
            session.add(ServiceProgramme(service_id=row.id, programme_id=programme.id))
            yield f"service {part.code}: offers {code}"


def _keep(session: Session, row: Table, part: Part, what: str) -> Iterator[str]:
    """Put a part into its row, and say what that changed."""
    given = part.model_dump(mode="json")
    dates = {name: value for name, value in part.model_dump().items() if isinstance(value, date)}
    wanted = {name: value for name, value in (given | dates).items() if name in type(row).model_fields}
    changed = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
    is_new = row not in session
    for name in changed:
        setattr(row, name, wanted[name])
    session.add(row)
    session.flush()
    if is_new or changed:
        yield f"{what}: {'new' if is_new else 'changed ' + ', '.join(changed)}"
