"""One deed for many tickets: what it would come to, beginning it, how far it is, and stopping it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, ValidationInfo, computed_field, field_validator

from api.deps import Caller, Reading, Writing, audience
from api.errors import problems
from api.schemas import Out
from navigator.bulk import progress as how_far
from navigator.bulk import start
from navigator.bulk.actions import BULK_ACTIONS
from navigator.bulk.bulk import BulkAction, BulkItemState
from navigator.bulk.progress import Progress
from navigator.bulk.selection import MAX_TICKETS, BulkSelection, BulkPlan, plan_bulk
from navigator.bulk.start import ConfirmedSelection
from navigator.fields import MAX_ID as LARGEST
from navigator.fields import Id, Input
from navigator.people.reporter import reference
from navigator.people.user import Role
from navigator.tickets.inputs import AssignInput, LinkInput, ResolveInput, SayInput, TriageInput

router = APIRouter(prefix="/bulk", tags=["many tickets"], responses=problems(401, 403))

BulkId = Annotated[int, Path(ge=1, le=LARGEST)]
organisers = audience(Role.NAVIGATOR, Role.MANAGER)


class SeenTicket(Input):
    """A ticket, at the version that was seen."""

    number: Id
    version: int = Field(ge=0, le=LARGEST)


class BulkBody(Input):
    """What to do to which tickets, each as it was seen: what changed since is refused."""

    action: BulkAction
    what: AssignInput | TriageInput | LinkInput | SayInput | ResolveInput = Field(
        description="What the action alone would take. `{workaround}` and the like are filled in from each."
    )
    seen: list[SeenTicket] = Field(min_length=1, max_length=MAX_TICKETS)
    dry_run: bool = Field(default=False, description="Only say to which it would be done, and why not")

    @field_validator("what")
    @classmethod
    def _is_for_the_action(cls, value: Input, info: ValidationInfo) -> Input:
        action = info.data.get("action")
        if action and not isinstance(value, BULK_ACTIONS[action].input):
            raise ValueError("This is not what the action takes.")
        return value

    @property
    def choice(self) -> BulkSelection:
        """The tickets, to look at."""
        return BulkSelection(tickets=[one.number for one in self.seen])

    @property
    def confirmed(self) -> ConfirmedSelection:
        """The tickets, to begin with."""
        return ConfirmedSelection(seen=[(one.number, one.version) for one in self.seen])


class BulkTicket(Out):
    """What came of one ticket, or would."""

    number: int = Field(validation_alias="ticket_number")
    state: BulkItemState
    outcome: str = Field(description="Why it was refused or left out")

    @computed_field
    def reference(self) -> str:
        """What people say on the phone."""
        return reference(self.number)


class BulkOut(BaseModel):
    """How far a bulk is; `id` is null after a dry run."""

    id: int | None = None
    is_running: bool = False
    stopped_at: datetime | None = None
    ended_at: datetime | None = None
    tickets: list[BulkTicket]


def _planned(found: BulkPlan) -> BulkOut:
    rows = [(one.ticket.number, BulkItemState.PENDING, "") for one in found.included]
    rows += [(one.ticket.number, BulkItemState.LEFT_OUT, one.why_not) for one in found.left_out]
    fields = ("ticket_number", "state", "outcome")
    return BulkOut(tickets=[BulkTicket.model_validate(dict(zip(fields, row, strict=True))) for row in rows])


def _come(found: Progress) -> BulkOut:
    bulk = found.counts.bulk
    return BulkOut(
        id=bulk.id,
        is_running=bulk.is_running,
        stopped_at=bulk.stopped_at,
        ended_at=bulk.ended_at,
        tickets=[BulkTicket.model_validate(one) for one in found.items],
    )


@router.post("", dependencies=[organisers])
def start_bulk(session: Writing, actor: Caller, what: BulkBody) -> BulkOut:
    """Do one thing to many tickets, one by one: look again with its `id` to see how far it is."""
    if what.dry_run:
        return _planned(plan_bulk(session, actor, what.action, what.what, what.choice))
    bulk = start.start_bulk(session, actor, what.action, what.what, what.confirmed)
    return _come(how_far.progress(session, actor, bulk.id))


@router.get("/{id}", dependencies=[organisers], responses=problems(404))
def show_bulk(session: Reading, actor: Caller, id: BulkId) -> BulkOut:
    """How far it is, and what came of each ticket."""
    return _come(how_far.progress(session, actor, id))


@router.post("/{id}/stop", dependencies=[organisers], responses=problems(404))
def stop_bulk(session: Writing, actor: Caller, id: BulkId) -> BulkOut:
    """Do no more of it: what is done stays done."""
    how_far.stop(session, actor, id)
    return _come(how_far.progress(session, actor, id))
