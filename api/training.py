"""Training: what is wanted, what is planned, and asking for it on somebody's behalf."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Caller, Reading, Writing, audience
from api.errors import problems
from api.pagination import After, page_of, place
from navigator.fields import Email
from navigator.people.user import Role
from navigator.training import requests, sessions
from navigator.training.inputs import TrainingRequestInput
from navigator.training.tables import RequestStatus, TrainingFormat, TrainingSession

router = APIRouter(prefix="/training", tags=["training"], responses=problems(401, 403))
organisers = audience(Role.NAVIGATOR, Role.MANAGER)


class DemandRow(BaseModel):
    """How many wait for a topic, and since when the first does."""

    model_config = ConfigDict(from_attributes=True)

    topic: str
    asked: int = Field(validation_alias="request_count")
    since: datetime


class Demand(BaseModel):
    """What is wanted, most wanted first."""

    demand: list[DemandRow]


class SessionOut(BaseModel):
    """A session to come."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    topic: str
    title: str
    starts_at: datetime
    minutes: int
    places: int
    venue: str


class Sessions(BaseModel):
    """Some sessions to come, soonest first, and the cursor of those that follow."""

    sessions: list[SessionOut]
    next: str | None


class RequestOut(BaseModel):
    """A request and where it stands."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    topic: str
    form: TrainingFormat = Field(validation_alias="format")
    needed_on: date | None
    confidence: int | None
    status: RequestStatus
    asked_at: datetime


class AskFor(TrainingRequestInput):
    """A request, and for which practitioner of the service it is."""

    email: Email = Field(min_length=1, description="The practitioner's address at the desk")


@router.get("/demand", dependencies=[organisers])
def list_demand(session: Reading, actor: Caller) -> Demand:
    """What is wanted, by topic."""
    rows = sessions.demand(session, actor)
    return Demand(demand=[DemandRow.model_validate(row) for row in rows])


@router.get("/sessions", dependencies=[organisers])
def list_sessions(session: Reading, actor: Caller, after: After = None) -> Sessions:
    """What is planned."""
    found, following = page_of(sessions.upcoming_sessions(session, actor), _place, after)
    return Sessions(sessions=[SessionOut.model_validate(row) for row in found], next=following)


def _place(one: TrainingSession) -> str:
    return place(one.starts_at, one.id)


@router.post("/requests", dependencies=[organisers], responses=problems(404))
def ask_for_training(session: Writing, actor: Caller, what: AskFor) -> RequestOut:
    """Ask for training for a practitioner of the key's service."""
    return RequestOut.model_validate(requests.request_training_for(session, actor, what.email, what))
