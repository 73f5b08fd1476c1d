"""Routes for known problems (ITIL): edit, status, outages, and updates for linked reporters."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.deps import Caller, Reading, Router, Writing, audience, looked_at
from api.errors import error_responses
from api.pagination import Before
from api.schemas import ConfirmedInput, Out
from navigator.catalogue.lookups import programmes_of, services
from navigator.fields import MAX_ID
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems import publish_notice, records
from navigator.problems import updates as problem_updates
from navigator.problems.impact import Impact, impacts
from navigator.problems.inputs import NewProblemInput, OutageInput, ProblemInput, StatusInput, UpdateInput
from navigator.problems.notice import PublicState
from navigator.problems.notice_inputs import NoticeInput
from navigator.problems.outages import open_outage
from navigator.problems.problem import Problem, ProblemStatus

router = Router(prefix="/problems", tags=["known problems"], responses=error_responses(401, 403))

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
editors = audience(*records.MAY_EDIT)
navigators = audience(Role.NAVIGATOR)


class ProblemOut(Out):
    """A problem record and its impact, counting the tickets that the key may see."""

    id: int
    version: int
    service: str = Field(description="The code of the service that looks after it", examples=["north"])
    programme: str = Field(examples=["fern"])
    category: str = Field(examples=["access.forgotten_password"])
    title: str = Field(examples=["The app forgets passwords"])
    known: str
    versions: str
    steps: str
    expected: str
    actual: str
    workaround: str = Field(examples=["Use the web page in place of the app."])
    status: ProblemStatus
    is_public: bool
    is_outage: bool = Field(description="Made of several reports alike within an hour")
    supplier_reference: str
    reported_to_supplier_on: date | None
    supplier_due_on: date | None
    severity: int | None = Field(description="That of the contract: 1 is the worst; null: not said")
    acknowledged_on: date | None = Field(description="When the supplier said that they have it")
    answered_on: date | None = Field(description="When the supplier said what it is")
    opened_at: datetime
    updated_at: datetime
    released_at: datetime | None
    closed_at: datetime | None
    tickets: int
    affected: int = Field(description="People who pressed “I have this too”, and have no ticket linked to it")
    sessions: int = Field(description="How often a session had to be planned without the online part")


class ProblemPage(BaseModel):
    """A page of problems, newest first, and the cursor of the next page."""

    problems: list[ProblemOut]
    next: int | None


class SentOutageInput(OutageInput, ConfirmedInput):
    """The suggested outage to open or extend, and what those who join read."""


class SentStatusInput(StatusInput, ConfirmedInput):
    """A problem's new status; when a fix is released, also what linked reporters read."""


class SentUpdateInput(UpdateInput, ConfirmedInput):
    """An update for the reporters of all linked tickets; `tickets` are those shown before sending."""


class SentNoticeInput(NoticeInput, ConfirmedInput):
    """A notice for everybody; of planned work also from when until when, by London’s clock."""


class NoticeOut(Out):
    """A notice that was written, and since when everybody reads it."""

    id: int
    state: PublicState
    body: str
    starts_at: datetime | None
    ends_at: datetime | None
    published_at: datetime | None


class UpdateOut(Out):
    """An update, and to how many private pages it went."""

    id: int
    body: str
    at: datetime = Field(validation_alias="created_at")
    told: int = Field(validation_alias="recipients")


class ToldOut(UpdateOut):
    """An update that was just sent, and to whom it was not."""

    left_out: list[int] = Field(
        description="Tickets not written to, for their clinical review is open: a clinician comes first"
    )


class UpdatePage(BaseModel):
    """A page of a problem's updates, newest first, and the cursor of the next page."""

    updates: list[UpdateOut]
    next: int | None


@router.get("", dependencies=[editors])
def list_problems(session: Reading, actor: Caller, before: Before = None) -> ProblemPage:
    """The problems of the programmes that the key's service offers, newest first."""
    rows = records.list_problems(session, actor, before)
    following = rows[-1].id if len(rows) == records.PAGE else None
    return ProblemPage(problems=_problems_out(session, actor, rows), next=following)


def _problems_out(session: Session, actor: Actor, rows: Sequence[Problem]) -> list[ProblemOut]:
    all_services = services(session)
    codes = {service.id: service.code for service in all_services}
    programmes = {
        programme.id: programme.code
        for service in all_services
        for programme in programmes_of(session, service.id)
    }
    impact_by_id = impacts(session, actor, [row.id for row in rows])
    return [
        ProblemOut.model_validate(
            row.model_dump()
            | {"service": codes[row.service_id], "programme": programmes[row.programme_id]}
            | vars(impact_by_id.get(row.id, Impact()))
        )
        for row in rows
    ]


@router.post("", dependencies=[editors], status_code=201)
def open_problem(session: Writing, actor: Caller, problem_input: NewProblemInput) -> ProblemOut:
    """Write down a problem. Nothing of it may be about a person."""
    return _problems_out(session, actor, [records.open_problem(session, actor, problem_input)])[0]


@router.post("/outages", dependencies=[navigators], responses=error_responses(409))
def gather_outage(session: Writing, actor: Caller, outage_input: SentOutageInput) -> ProblemOut:
    """Make one outage of three or more reports alike within an hour, or link later ones to it."""
    return _problems_out(
        session, actor, [open_outage(session, looked_at(actor, outage_input), outage_input)]
    )[0]


@router.get("/{id}", dependencies=[editors], responses=error_responses(404))
def show_problem(session: Reading, actor: Caller, id: Id) -> ProblemOut:
    """One problem."""
    return _problems_out(session, actor, [records.find(session, actor, id)])[0]


@router.post("/{id}", dependencies=[editors], responses=error_responses(404, 409))
def edit_problem(session: Writing, actor: Caller, id: Id, problem_input: ProblemInput) -> ProblemOut:
    """Change what is known: what is left out becomes empty."""
    return _problems_out(session, actor, [records.edit(session, actor, id, problem_input)])[0]


@router.post("/{id}/status", dependencies=[editors], responses=error_responses(404, 409))
def move_problem(session: Writing, actor: Caller, id: Id, status_input: SentStatusInput) -> ProblemOut:
    """Say how far it has come.

    With `released`, `body` asks every linked reporter to try again. With `closed` and a `body`, that is the
    answer to every linked ticket, which is resolved. A ticket that a clinician must read is left out of both;
    a note in the problem’s history names it.
    """
    problem = problem_updates.change_status(session, looked_at(actor, status_input), id, status_input)
    return _problems_out(session, actor, [problem])[0]


@router.get("/{id}/updates", dependencies=[editors], responses=error_responses(404))
def list_updates(session: Reading, actor: Caller, id: Id, before: Before = None) -> UpdatePage:
    """What reporters were told."""
    history = [update for update, _ in records.history(session, records.find(session, actor, id), before)]
    updates = [UpdateOut.model_validate(update) for update in history if update.is_public]
    return UpdatePage(updates=updates, next=history[-1].id if len(history) == records.PAGE else None)


@router.post("/{id}/updates", dependencies=[navigators], responses=error_responses(404, 409), status_code=201)
def tell_everybody(session: Writing, actor: Caller, id: Id, update_input: SentUpdateInput) -> ToldOut:
    """Write one text to every linked reporter; with `tickets`, only if these are still exactly the ones.

    A ticket with an open clinical review is left out, and named.
    """
    update = problem_updates.send_update(session, looked_at(actor, update_input), id, update_input)
    left_out = problem_updates.tickets_left_out(session, actor, records.find(session, actor, id))
    return ToldOut.model_validate(update.model_dump() | {"left_out": left_out})


@router.post("/{id}/notices", dependencies=[editors], responses=error_responses(404, 409), status_code=201)
def send_notice(session: Writing, actor: Caller, id: Id, notice_input: SentNoticeInput) -> NoticeOut:
    """Write a notice for everybody: on the status page, in the feed, to subscribers, on practitioners’ Today.

    With a key of a navigator, linked reporters read it too; with `tickets`, only if these are still exactly
    the ones. It leaves at once and cannot be taken back.
    """
    notice = publish_notice.send_notice(session, looked_at(actor, notice_input), id, notice_input)
    return NoticeOut.model_validate(notice.model_dump())
