"""Routes for services that accept reports, and their public known problems."""

from datetime import date, datetime

from fastapi import Response
from pydantic import BaseModel, Field

from api.deps import Reading, Router, public
from api.errors import error_responses
from api.schemas import CodeAndName, Out
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.lookups import programmes_of, services
from navigator.catalogue.service import Service
from navigator.dates_in_words import opening_hours
from navigator.problems.notice import PublicState
from navigator.problems.public_list import known_problems
from navigator.problems.status_list import public_programme, public_programmes, status_of
from navigator.tickets.queue.filters import Code

router = Router(tags=["for everybody"], dependencies=[public])


class ServiceOut(BaseModel):
    """A service, its programmes and its opening hours."""

    code: str
    name: str
    programmes: list[CodeAndName]
    takes_reports: bool = Field(
        description="false: a report is refused (503); its patients phone the service"
    )
    opening_hours: str = Field(examples=["Monday to Friday 9am to 5pm"])


class ServiceList(BaseModel):
    """All services, by name."""

    services: list[ServiceOut]


class KnownProblemOut(Out):
    """The public view of a known problem."""

    programme: str = Field(description="Its name")
    title: str
    workaround: str
    who: str = Field(description="Who can fix it, in plain words")
    status: str = Field(description="How far it has come, in plain words")
    since_at: datetime
    due_on: date | None


class KnownProblemList(BaseModel):
    """The public problems, newest first."""

    known: list[KnownProblemOut]


class StatusNoticeOut(Out):
    """One notice of a problem, as everybody reads it."""

    id: int
    state: PublicState
    body: str
    published_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None


class StatusEntryOut(Out):
    """A problem, or planned work, as everybody sees it, with its notices, newest first."""

    id: int
    programme: str = Field(description="Its code", examples=["fern"])
    title: str
    workaround: str
    state: str = Field(
        description="As status pages name it; of planned work also `running` and `over`",
        examples=["investigating"],
    )
    words: str = Field(description="The state in plain words")
    is_outage: bool
    since_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    notices: list[StatusNoticeOut]


class StatusOut(Out):
    """What is wrong now, what is planned, and what was in the last 90 days."""

    now: list[StatusEntryOut]
    planned: list[StatusEntryOut]
    past: list[StatusEntryOut]


@router.get("/status", responses=error_responses(404))
def show_status(session: Reading, programme: Code = "") -> StatusOut:
    """The status of one programme (by its code) or of all, as on the status page."""
    chosen = [public_programme(session, programme)] if programme else public_programmes(session)
    return StatusOut.model_validate(status_of(session, chosen))


@router.get("/known")
def list_known(session: Reading, programme: Code = "") -> KnownProblemList:
    """The problems that are known, of one programme (by its code) or of all."""
    return KnownProblemList(
        known=[KnownProblemOut.model_validate(problem) for problem in known_problems(session, programme)]
    )


@router.get("/services")
def list_services(session: Reading, response: Response) -> ServiceList:
    """The services, and which of them take reports."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return ServiceList(services=[_service_out(session, service) for service in services(session)])


def _service_out(session: Reading, service: Service) -> ServiceOut:
    return ServiceOut(
        code=service.code,
        name=service.name,
        programmes=[
            CodeAndName.model_validate(programme) for programme in programmes_of(session, service.id)
        ],
        takes_reports=not missing(session, service),
        opening_hours=opening_hours(service.hours),
    )
