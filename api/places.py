"""The services that reports can be sent to."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.deps import Reading, public
from api.dossiers import Named
from navigator.catalogue.directory import missing, programmes_of, services
from navigator.catalogue.place import Service
from navigator.spoken import opening_hours

router = APIRouter(tags=["for everybody"], dependencies=[public])


class Place(BaseModel):
    """A service, its programmes, and when somebody is there."""

    code: str
    name: str
    programmes: list[Named]
    takes_reports: bool = Field(
        description="false: a report is refused (503); its patients phone the service"
    )
    opening_hours: str = Field(examples=["Monday to Friday 9am to 5pm"])


class Places(BaseModel):
    """All services, by name."""

    services: list[Place]


@router.get("/services")
def list_services(session: Reading, response: Response) -> Places:
    """The services, and which of them take reports."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return Places(services=[_place(session, service) for service in services(session)])


def _place(session: Reading, service: Service) -> Place:
    return Place(
        code=service.code,
        name=service.name,
        programmes=[Named.model_validate(one) for one in programmes_of(session, service.id)],
        takes_reports=not missing(session, service),
        opening_hours=opening_hours(service.hours),
    )
