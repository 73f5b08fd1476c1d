"""Known problems: what lies behind several tickets, how far it has come, and news for everybody linked."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.deps import Caller, Reading, Writing, audience
from api.errors import problems
from api.pagination import Before
from api.schemas import Out
from navigator.catalogue.lookups import programmes_of, services
from navigator.fields import MAX_ID
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems import records
from navigator.problems import updates as news
from navigator.problems.impact import Impact, impacts
from navigator.problems.inputs import NewProblemInput, OutageInput, ProblemInput, StatusInput, UpdateInput
from navigator.problems.outages import open_outage
from navigator.problems.problem import Problem, ProblemStatus

router = APIRouter(prefix="/problems", tags=["known problems"], responses=problems(401, 403))

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
keepers = audience(*records.MAY_EDIT)
navigators = audience(Role.NAVIGATOR)


class ProblemOut(Out):
    """What is known of a problem, and what it costs: of the tickets that the key may see."""

    id: int
    version: int
    service: str = Field(description="The code of the service that looks after it", examples=["north"])
    programme: str = Field(examples=["fern"])
    category: str = Field(examples=["access.forgotten_password"])
    title: str = Field(examples=["The app forgets passwords"])
    known: str
    workaround: str = Field(examples=["Use the web page in place of the app."])
    status: ProblemStatus
    is_public: bool
    is_outage: bool = Field(description="Made of several reports alike within an hour")
    supplier_reference: str
    reported_to_supplier_on: date | None
    supplier_due_on: date | None
    opened_at: datetime
    updated_at: datetime
    released_at: datetime | None
    closed_at: datetime | None
    tickets: int
    sessions: int = Field(description="How often a session had to be planned without the online part")


class ProblemPage(BaseModel):
    """Some problems, newest first, and the cursor of those that follow."""

    problems: list[ProblemOut]
    next: int | None


class UpdateOut(Out):
    """News, and to how many private pages it went."""

    id: int
    body: str
    at: datetime = Field(validation_alias="created_at")
    told: int = Field(validation_alias="recipients")


class UpdatePage(BaseModel):
    """Some news of a problem, newest first, and the cursor of those that follow."""

    updates: list[UpdateOut]
    next: int | None


@router.get("", dependencies=[keepers])
def list_problems(session: Reading, actor: Caller, before: Before = None) -> ProblemPage:
    """The problems of the programmes that the key's service offers, newest first."""
    found = records.list_problems(session, actor, before)
    more = found[-1].id if len(found) == records.PAGE else None
    return ProblemPage(problems=_views(session, actor, found), next=more)


def _views(session: Session, actor: Actor, found: Sequence[Problem]) -> list[ProblemOut]:
    known = services(session)
    codes = {one.id: one.code for one in known}
    programmes = {one.id: one.code for own in known for one in programmes_of(session, own.id)}
    costs = impacts(session, actor, [one.id for one in found])
    return [
        ProblemOut.model_validate(
            one.model_dump()
            | {"service": codes[one.service_id], "programme": programmes[one.programme_id]}
            | vars(costs.get(one.id, Impact()))
        )
        for one in found
    ]


@router.post("", dependencies=[keepers], status_code=201)
def open_problem(session: Writing, actor: Caller, what: NewProblemInput) -> ProblemOut:
    """Write down a problem. Nothing of it may be about a person."""
    return _views(session, actor, [records.open_problem(session, actor, what)])[0]


@router.post("/outages", dependencies=[navigators], responses=problems(409))
def gather_outage(session: Writing, actor: Caller, what: OutageInput) -> ProblemOut:
    """Make one outage of three or more reports alike within an hour, or link later ones to it."""
    return _views(session, actor, [open_outage(session, actor, what)])[0]


@router.get("/{id}", dependencies=[keepers], responses=problems(404))
def show_problem(session: Reading, actor: Caller, id: Id) -> ProblemOut:
    """One problem."""
    return _views(session, actor, [records.find(session, actor, id)])[0]


@router.post("/{id}", dependencies=[keepers], responses=problems(404, 409))
def edit_problem(session: Writing, actor: Caller, id: Id, what: ProblemInput) -> ProblemOut:
    """Change what is known: what is left out becomes empty."""
    return _views(session, actor, [records.edit(session, actor, id, what)])[0]


@router.post("/{id}/status", dependencies=[keepers], responses=problems(404, 409))
def move_problem(session: Writing, actor: Caller, id: Id, what: StatusInput) -> ProblemOut:
    """Say how far it has come.

    With `released`, `body` asks every linked reporter to try again. With `closed` and a `body`, that is the
    answer to every linked ticket, which is resolved; what a clinician must read stays open.
    """
    return _views(session, actor, [news.change_status(session, actor, id, what)])[0]


@router.get("/{id}/updates", dependencies=[keepers], responses=problems(404))
def list_updates(session: Reading, actor: Caller, id: Id, before: Before = None) -> UpdatePage:
    """What reporters were told."""
    found = [one for one, _ in records.history(session, records.find(session, actor, id), before)]
    told = [UpdateOut.model_validate(one) for one in found if one.is_public]
    return UpdatePage(updates=told, next=found[-1].id if len(found) == records.PAGE else None)


@router.post("/{id}/updates", dependencies=[navigators], responses=problems(404, 409), status_code=201)
def tell_everybody(session: Writing, actor: Caller, id: Id, what: UpdateInput) -> UpdateOut:
    """Write one text to every linked reporter; with `tickets`, only if these are still exactly the ones."""
    return UpdateOut.model_validate(news.send_update(session, actor, id, what))
