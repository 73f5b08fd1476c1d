"""Routes for training: demand, and requests on behalf of a practitioner."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.deps import Caller, Reading, Router, Writing, audience
from api.errors import error_responses
from navigator.fields import Email
from navigator.people.user import Role
from navigator.training import demand, requests
from navigator.training.inputs import TrainingRequestInput
from navigator.training.tables import RequestStatus, TrainingFormat

router = Router(prefix="/training", tags=["training"], responses=error_responses(401, 403))
organisers = audience(Role.NAVIGATOR, Role.MANAGER)


class DemandRow(BaseModel):
    """The number of open requests for a topic, and since when the first has waited."""

    model_config = ConfigDict(from_attributes=True)

    topic: str
    asked: int = Field(validation_alias="request_count")
    since: datetime


class DemandList(BaseModel):
    """The demand by topic, most wanted first."""

    demand: list[DemandRow]


class RequestOut(BaseModel):
    """A training request and its status."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    topic: str
    form: TrainingFormat = Field(validation_alias="format")
    needed_on: date | None
    confidence: int | None
    status: RequestStatus
    asked_at: datetime
    ticket_number: int | None = Field(
        description="Not null where its words may speak of risk: the ticket with which a clinician reads them"
    )


class TrainingRequestBody(TrainingRequestInput):
    """A training request, and the practitioner of the service it is for."""

    email: Email = Field(min_length=1, description="The practitioner's address at the desk")


@router.get("/demand", dependencies=[organisers])
def list_demand(session: Reading, actor: Caller) -> DemandList:
    """What is wanted, by topic."""
    rows = demand.demand(session, actor)
    return DemandList(demand=[DemandRow.model_validate(row) for row in rows])


@router.post("/requests", dependencies=[organisers], responses=error_responses(404))
def ask_for_training(session: Writing, actor: Caller, request_body: TrainingRequestBody) -> RequestOut:
    """Ask for training for a practitioner of the key's service."""
    return RequestOut.model_validate(
        requests.request_training_for(session, actor, request_body.email, request_body)
    )
