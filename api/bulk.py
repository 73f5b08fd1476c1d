"""Routes for bulk actions: dry run, start, progress and stop."""

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field, ValidationInfo, computed_field, field_validator

from api.deps import Caller, Reading, Router, Writing, audience, looked_at
from api.errors import error_responses
from api.schemas import ConfirmedInput, Out
from navigator.bulk import progress as bulk_progress
from navigator.bulk import start
from navigator.bulk.actions import BULK_ACTIONS
from navigator.bulk.progress import Progress
from navigator.bulk.selection import MAX_TICKETS, BulkPlan, BulkSelection, plan_bulk
from navigator.bulk.start import ConfirmedSelection
from navigator.bulk.tables import BulkAction, BulkItemState
from navigator.fields import MAX_ID, Input, YesNo
from navigator.people.reporter import TicketNumber, reference
from navigator.people.user import Role
from navigator.tickets.inputs import AssignInput, LinkInput, SendInput, SendResolvedInput, TriageInput

router = Router(prefix="/bulk", tags=["many tickets"], responses=error_responses(401, 403, 409))

BulkId = Annotated[int, Path(ge=1, le=MAX_ID)]
organisers = audience(Role.NAVIGATOR, Role.MANAGER)


class SeenTicket(Input):
    """A ticket, at the version that was seen."""

    number: TicketNumber
    version: int = Field(ge=0, le=MAX_ID)


class BulkBody(ConfirmedInput):
    """What to do to which tickets, each as it was seen: what changed since is refused."""

    action: BulkAction
    what: AssignInput | TriageInput | LinkInput | SendInput | SendResolvedInput = Field(
        description="What the action alone would take. `{workaround}` and the like are filled in from each."
    )
    seen: list[SeenTicket] = Field(min_length=1, max_length=MAX_TICKETS)
    dry_run: YesNo = Field(default=False, description="Only say to which it would be done, and why not")

    @field_validator("what")
    @classmethod
    def _is_for_the_action(cls, value: Input, info: ValidationInfo) -> Input:
        action = info.data.get("action")
        if action and not isinstance(value, BULK_ACTIONS[action].input):
            raise ValueError("This is not what the action takes.")
        return value

    @property
    def selection(self) -> BulkSelection:
        """The selection for a dry run."""
        return BulkSelection(tickets=[ticket.number for ticket in self.seen])

    @property
    def seen_selection(self) -> ConfirmedSelection:
        """The confirmed selection to start with."""
        return ConfirmedSelection(seen=[(ticket.number, ticket.version) for ticket in self.seen])


class BulkItemOut(Out):
    """The result for one ticket, or what it would be."""

    number: int = Field(validation_alias="ticket_number")
    state: BulkItemState
    outcome: str = Field(description="Why it was refused or left out")

    @computed_field
    def reference(self) -> str:
        """The ticket's reference, as people say it on the phone."""
        return reference(self.number)


class BulkOut(BaseModel):
    """The progress of a bulk; `id` is null after a dry run."""

    id: int | None = None
    is_running: bool = False
    stopped_at: datetime | None = None
    ended_at: datetime | None = None
    tickets: list[BulkItemOut]


def _dry_run_out(bulk_plan: BulkPlan) -> BulkOut:
    rows = [(selected.ticket.number, BulkItemState.PENDING, "") for selected in bulk_plan.included]
    rows += [
        (selected.ticket.number, BulkItemState.LEFT_OUT, selected.why_not) for selected in bulk_plan.left_out
    ]
    fields = ("ticket_number", "state", "outcome")
    return BulkOut(tickets=[BulkItemOut.model_validate(dict(zip(fields, row, strict=True))) for row in rows])


def _progress_out(progress: Progress) -> BulkOut:
    bulk = progress.counts.bulk
    return BulkOut(
        id=bulk.id,
        is_running=bulk.is_running,
        stopped_at=bulk.stopped_at,
        ended_at=bulk.ended_at,
        tickets=[BulkItemOut.model_validate(item) for item in progress.items],
    )


@router.post("", dependencies=[organisers])
def start_bulk(session: Writing, actor: Caller, body: BulkBody) -> BulkOut:
    """Do one thing to many tickets, one by one: look again with its `id` to see how far it is."""
    if body.dry_run:
        return _dry_run_out(plan_bulk(session, actor, body.action, body.what, body.selection))
    bulk = start.start_bulk(session, looked_at(actor, body), body.action, body.what, body.seen_selection)
    return _progress_out(bulk_progress.progress(session, actor, bulk.id))


@router.get("/{id}", dependencies=[organisers], responses=error_responses(404))
def show_bulk(session: Reading, actor: Caller, id: BulkId) -> BulkOut:
    """How far it is, and what came of each ticket."""
    return _progress_out(bulk_progress.progress(session, actor, id))


@router.post("/{id}/stop", dependencies=[organisers], responses=error_responses(404))
def stop_bulk(session: Writing, actor: Caller, id: BulkId) -> BulkOut:
    """Do no more of it: what is done stays done."""
    bulk_progress.stop(session, actor, id)
    return _progress_out(bulk_progress.progress(session, actor, id))
