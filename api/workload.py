"""Routes for the workload of a service: show it, and rebalance it."""

from collections.abc import Mapping

from pydantic import BaseModel, Field
from sqlmodel import Session

from api.deps import Caller, Reading, Router, Writing, audience
from api.errors import error_responses
from navigator.catalogue.lookups import services
from navigator.people.actor import Actor
from navigator.tickets.actions.rebalance import MAY_REBALANCE, Workload, rebalance, workload
from navigator.tickets.assignment.rebalance_plan import RebalanceInput

router = Router(
    prefix="/shares",
    tags=["many tickets"],
    responses=error_responses(401, 403),
    dependencies=[audience(*MAY_REBALANCE)],
)


class NavigatorWorkload(BaseModel):
    """A navigator's workload: their new and open tickets, and their capacity."""

    user_id: int
    name: str
    load: int
    capacity: int
    is_away: bool = Field(validation_alias="away")


class MoveOut(BaseModel):
    """A ticket that would move: send `number`, `version` and `to` back to move it."""

    number: int
    version: int
    giver: int = Field(validation_alias="from_user")
    to: int = Field(validation_alias="to_user")


class WorkloadOut(BaseModel):
    """The workload by navigator, and the moves after which everybody is within a tenth of the same share."""

    navigators: list[NavigatorWorkload]
    moves: list[MoveOut]


class RebalanceResult(BaseModel):
    """The numbers of the tickets moved, and why the others were left where they are."""

    moved: list[int]
    left: Mapping[int, str] = Field(description="By number: why it was left where it is")


@router.get("")
def show_shares(session: Reading, actor: Caller) -> WorkloadOut:
    """The workload by navigator, and which tickets would move to whom; nothing is changed."""
    return _workload_out(workload(session, actor, _service_code(session, actor)))


@router.post("")
def share_work(session: Writing, actor: Caller, rebalance_input: RebalanceInput) -> RebalanceResult:
    """Move these tickets: what changed since it was seen, or is being worked on, is left and named."""
    result = rebalance(session, actor, _service_code(session, actor), rebalance_input)
    return RebalanceResult(moved=list(result.moved), left=result.skipped)


def _workload_out(current: Workload) -> WorkloadOut:
    members = [(member, current.people[member.user_id].name) for member in current.team]
    moves = [(move, current.tickets[move.number].version) for move in current.moves]
    return WorkloadOut(
        navigators=[
            NavigatorWorkload.model_validate(vars(member) | {"name": name}) for member, name in members
        ],
        moves=[MoveOut.model_validate(vars(move) | {"version": version}) for move, version in moves],
    )


def _service_code(session: Session, actor: Actor) -> str:
    (service_id,) = actor.services()
    return next(service.code for service in services(session) if service.id == service_id)
