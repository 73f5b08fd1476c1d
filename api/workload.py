"""How the work of the key's service is shared, and sharing it out again."""

from collections.abc import Mapping

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.deps import Caller, Reading, Writing, audience
from api.errors import problems
from navigator.catalogue.lookups import services
from navigator.people.actor import Actor
from navigator.tickets.actions.rebalance import MAY_REBALANCE, Workload, rebalance, workload
from navigator.tickets.assignment.rebalance_plan import RebalanceInput

router = APIRouter(
    prefix="/shares",
    tags=["many tickets"],
    responses=problems(401, 403),
    dependencies=[audience(*MAY_REBALANCE)],
)


class Carrier(BaseModel):
    """A navigator, and how many new and open tickets they have of those that they can carry."""

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


class SharesOut(BaseModel):
    """Who carries how much, and what would move so that everybody is within a tenth of the same share."""

    navigators: list[Carrier]
    moves: list[MoveOut]


class SharedOut(BaseModel):
    """What was moved, and why the others were left where they are, by number."""

    moved: list[int]
    left: Mapping[int, str] = Field(description="By number: why it was left where it is")


@router.get("")
def show_shares(session: Reading, actor: Caller) -> SharesOut:
    """Who carries how much, and which tickets would go to whom; nothing is changed."""
    return _view(workload(session, actor, _code(session, actor)))


@router.post("")
def share_work(session: Writing, actor: Caller, what: RebalanceInput) -> SharedOut:
    """Move these tickets: what changed since it was seen, or is being worked on, is left and named."""
    done = rebalance(session, actor, _code(session, actor), what)
    return SharedOut(moved=list(done.moved), left=done.left)


def _view(found: Workload) -> SharesOut:
    carriers = [(one, found.people[one.user_id].name) for one in found.team]
    seen = [(one, found.tickets[one.number].version) for one in found.moves]
    return SharesOut(
        navigators=[Carrier.model_validate(vars(one) | {"name": name}) for one, name in carriers],
        moves=[MoveOut.model_validate(vars(one) | {"version": version}) for one, version in seen],
    )


def _code(session: Session, actor: Actor) -> str:
    (here,) = actor.services()
    return next(one.code for one in services(session) if one.id == here)
