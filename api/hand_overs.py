"""Hand-overs: what a clinician must read. Whoever acts by a key names the clinician."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from api.deps import Caller, Reading, Writing, audience, signed
from api.problems import problems
from api.schemas import HandOverOut, Signed, SignedOutcome
from navigator.people.person import Role
from navigator.tickets import handovers
from navigator.tickets.inputs import MOST

router = APIRouter(prefix="/hand-overs", tags=["hand-overs"], responses=problems(401, 403))

Id = Annotated[int, Path(ge=1, le=MOST)]
clinicians = audience(Role.CLINICIAN)


class HandOvers(BaseModel):
    """What has not ended, unread first."""

    hand_overs: list[HandOverOut]


@router.get("", dependencies=[audience(Role.CLINICIAN, Role.MANAGER)])
def list_hand_overs(session: Reading, actor: Caller) -> HandOvers:
    """What has not ended, unread first, oldest first."""
    found = handovers.unended(session, actor)
    return HandOvers(hand_overs=[HandOverOut.model_validate(one) for one in found])


@router.post("/{id}/acknowledgement", dependencies=[clinicians], responses=problems(404, 409))
def acknowledge(session: Writing, actor: Caller, id: Id, what: Signed) -> HandOverOut:
    """The named clinician has read it. The alerts stop; the hand-over goes on."""
    return HandOverOut.model_validate(handovers.acknowledge(session, signed(actor, what.by), id))


@router.post("/{id}/outcome", dependencies=[clinicians], responses=problems(404, 409))
def conclude(session: Writing, actor: Caller, id: Id, what: SignedOutcome) -> HandOverOut:
    """What the named clinician did, in words: nothing else ends a hand-over."""
    done = handovers.conclude(session, signed(actor, what.by), id, what.outcome)
    return HandOverOut.model_validate(done)
