"""The services that reports can be sent to."""

from datetime import date, datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.deps import Reading, public
from api.schemas import Named, Out
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.lookups import programmes_of, services
from navigator.catalogue.service import Service
from navigator.dates_in_words import opening_hours
from navigator.problems.public_list import known_problems
from navigator.tickets.queue.filters import Code

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


class KnownProblem(Out):
    """What everybody may read of a problem."""

    programme: str = Field(description="Its name")
    title: str
    workaround: str
    who: str = Field(description="Who can fix it, in plain words")
    status: str = Field(description="How far it has come, in plain words")
    since_at: datetime
    due_on: date | None


class KnownProblems(BaseModel):
    """The public problems, newest first."""

    known: list[KnownProblem]


@router.get("/known")
def list_known(session: Reading, programme: Code = "") -> KnownProblems:
    """The problems that are known, of one programme (by its code) or of all."""
    return KnownProblems(
        known=[KnownProblem.model_validate(one) for one in known_problems(session, programme)]
    )


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
