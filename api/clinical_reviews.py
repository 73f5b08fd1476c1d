"""Routes for clinical reviews: list, acknowledge and conclude; who acts by a key names the clinician."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel

from api.deps import Caller, Reading, Router, Writing, audience, signed
from api.errors import error_responses
from api.pagination import After
from api.schemas import ClinicalReviewOut, SignedInput, SignedNoConcernInput, SignedOutcomeInput
from navigator.fields import MAX_ID
from navigator.pagination import SortKey, page_of, sort_key
from navigator.people.user import Role
from navigator.tickets.actions import clinical_review
from navigator.tickets.actions.no_concern import say_no_concern
from navigator.tickets.ticket import ClinicalReview

router = Router(prefix="/hand-overs", tags=["hand-overs"], responses=error_responses(401, 403))

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
clinicians = audience(Role.CLINICIAN)
staff = audience(Role.NAVIGATOR, Role.CLINICIAN, Role.MANAGER)


class ClinicalReviewPage(BaseModel):
    """A page of open clinical reviews, unread first, and the cursor of the next page."""

    hand_overs: list[ClinicalReviewOut]
    next: str | None


@router.get("", dependencies=[audience(Role.CLINICIAN, Role.MANAGER)])
def list_hand_overs(session: Reading, actor: Caller, after: After = None) -> ClinicalReviewPage:
    """What has not ended, unread first, oldest first; follow `next` for more."""
    reviews, following = page_of(clinical_review.open_reviews(session, actor), _sort_key, after)
    return ClinicalReviewPage(
        hand_overs=[ClinicalReviewOut.model_validate(review) for review in reviews], next=following
    )


def _sort_key(review: ClinicalReview) -> SortKey:
    return sort_key(review.acknowledged_at is not None, review.opened_at, review.id)


@router.post("/{id}/acknowledgement", dependencies=[clinicians], responses=error_responses(404, 409))
def acknowledge(session: Writing, actor: Caller, id: Id, signed_input: SignedInput) -> ClinicalReviewOut:
    """The named clinician has read it. The alerts stop; the clinical review goes on."""
    return ClinicalReviewOut.model_validate(
        clinical_review.acknowledge(session, signed(actor, signed_input.by), id)
    )


@router.post("/{id}/outcome", dependencies=[clinicians], responses=error_responses(404, 409))
def conclude(session: Writing, actor: Caller, id: Id, outcome_input: SignedOutcomeInput) -> ClinicalReviewOut:
    """What the named clinician did, and why in words: nothing else ends a clinical review."""
    review = clinical_review.conclude(session, signed(actor, outcome_input.by), id, outcome_input)
    return ClinicalReviewOut.model_validate(review)


@router.post("/{id}/no-concern", dependencies=[staff], responses=error_responses(404, 409))
def no_concern(session: Writing, actor: Caller, id: Id, said: SignedNoConcernInput) -> ClinicalReviewOut:
    """Words that staff wrote with a key are no concern, and why: a clinician reads both, and ends it."""
    return ClinicalReviewOut.model_validate(say_no_concern(session, signed(actor, said.by), id, said))
