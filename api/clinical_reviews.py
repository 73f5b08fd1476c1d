"""Hand-overs: what a clinician must read. Whoever acts by a key names the clinician."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from api.deps import Caller, Reading, Writing, audience, signed
from api.errors import problems
from api.pagination import After, page_of, place
from api.schemas import HandOverOut, Signed, SignedOutcome
from navigator.fields import MAX_ID
from navigator.people.user import Role
from navigator.tickets.actions import clinical_review
from navigator.tickets.ticket import ClinicalReview

router = APIRouter(prefix="/hand-overs", tags=["hand-overs"], responses=problems(401, 403))

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
clinicians = audience(Role.CLINICIAN)


class HandOvers(BaseModel):
    """Some of what has not ended, unread first, and the cursor of those that follow."""

    hand_overs: list[HandOverOut]
    next: str | None


@router.get("", dependencies=[audience(Role.CLINICIAN, Role.MANAGER)])
def list_hand_overs(session: Reading, actor: Caller, after: After = None) -> HandOvers:
    """What has not ended, unread first, oldest first; follow `next` for more."""
    found, following = page_of(clinical_review.open_reviews(session, actor), _place, after)
    return HandOvers(hand_overs=[HandOverOut.model_validate(one) for one in found], next=following)


def _place(one: ClinicalReview) -> str:
    return place(one.acknowledged_at is not None, one.opened_at, one.id)


@router.post("/{id}/acknowledgement", dependencies=[clinicians], responses=problems(404, 409))
def acknowledge(session: Writing, actor: Caller, id: Id, what: Signed) -> HandOverOut:
    """The named clinician has read it. The alerts stop; the hand-over goes on."""
    return HandOverOut.model_validate(clinical_review.acknowledge(session, signed(actor, what.by), id))


@router.post("/{id}/outcome", dependencies=[clinicians], responses=problems(404, 409))
def conclude(session: Writing, actor: Caller, id: Id, what: SignedOutcome) -> HandOverOut:
    """What the named clinician did, in words: nothing else ends a hand-over."""
    done = clinical_review.conclude(session, signed(actor, what.by), id, what.outcome)
    return HandOverOut.model_validate(done)
