"""Clinical reviews: what a clinician must read, acknowledged, and ended by an outcome in words."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.actions import clinical_review
from navigator.tickets.actions.clinical_review import review_detail
from navigator.tickets.enums import ReviewResult
from navigator.tickets.metrics import Period
from navigator.tickets.outcome_input import OutcomeInput
from web.kit.deps import Reading, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = APIRouter(prefix="/clinical-reviews")

Number = Annotated[Id, Path()]
Reader = Annotated[Actor, audience(Role.CLINICIAN, Role.MANAGER)]
Clinician = Annotated[Actor, audience(Role.CLINICIAN)]


class Outcome(OutcomeInput):
    """What was done, which must be chosen, and why."""

    done: ReviewResult = Field(json_schema_extra={"words": "Choose what was done"})


@router.get("")
def list_reviews(page: Render, session: Reading, actor: Reader) -> Response:
    """The open clinical reviews, unread first."""
    period = Period.last_days(90)
    missed = clinical_review.count_missed_by_screen(session, actor, period)
    reviews = clinical_review.open_reviews(session, actor)
    return page("desk/clinical_reviews/list.html", reviews=reviews, missed=missed, period=period)


@router.get("/{id}")
def show(page: Render, session: Reading, actor: Reader, id: Number) -> Response:
    """One clinical review with the words that somebody must read."""
    return _review_page(page, session, actor, id, Form())


def _review_page(page: PageRenderer, session: Reading, actor: Actor, id: int, form: Form) -> Response:
    found = review_detail(session, actor, id)
    return page("desk/clinical_reviews/detail.html", form=form, review=found.review, detail=found.detail)


@router.post("/{id}/acknowledgement")
def acknowledge(session: Writing, actor: Clinician, id: Number) -> Response:
    """A clinician has read it: the alerts stop."""
    clinical_review.acknowledge(session, actor, id)
    return redirect(f"/clinical-reviews/{id}", "Thank you. The alerts have stopped.")


@router.post("/{id}/outcome")
def conclude(page: Render, session: Writing, actor: Clinician, form: ReadForm, id: Number) -> Response:
    """What was done, in words: nothing else ends a clinical review."""
    if answer := form.read(Outcome):
        with form.trying(session):
            clinical_review.conclude(session, actor, id, answer)
            return redirect("/clinical-reviews", "The outcome was saved. This clinical review has ended.")
    return _review_page(page, session, actor, id, form)
