"""Clinical reviews: what a clinician must read, acknowledged, and ended by an outcome in words."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from starlette.responses import Response

from navigator.fields import Id, RequiredText
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.actions import clinical_review, no_concern
from navigator.tickets.actions.clinical_review import review_detail
from navigator.tickets.actions.no_concern import NoConcernInput
from navigator.tickets.metrics import Period
from web.kit.deps import Reading, Staff, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = APIRouter(prefix="/clinical-reviews")

Number = Annotated[Id, Path()]
Reader = Annotated[Actor, audience(Role.CLINICIAN, Role.MANAGER)]
Clinician = Annotated[Actor, audience(Role.CLINICIAN)]


class Outcome(BaseModel):
    """What was done, in words."""

    outcome: RequiredText = Field(title="the outcome")


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
            clinical_review.conclude(session, actor, id, answer.outcome)
            return redirect("/clinical-reviews", "The outcome was saved. This clinical review has ended.")
    return _review_page(page, session, actor, id, form)


@router.get("/{id}/no-concern")
def no_concern_form(page: Render, session: Reading, actor: Staff, form: ReadForm, id: Number) -> Response:
    """The form by which whoever's own words opened a clinical review says that they are no concern."""
    review = no_concern.review_of_own_words(session, actor, id)
    return page("desk/clinical_reviews/no_concern.html", form=form, review=review)


@router.post("/{id}/no-concern")
def say_no_concern(page: Render, session: Writing, actor: Staff, form: ReadForm, id: Number) -> Response:
    """One's own words are no concern, and why: the clinicians are shown both."""
    review = no_concern.review_of_own_words(session, actor, id)
    if said := form.read(NoConcernInput):
        with form.trying(session):
            no_concern.say_no_concern(session, actor, id, said)
            flash = "Your reason was saved. A clinician still reads your words."
            return redirect(f"/tickets/{review.ticket_number}", flash)
    return page("desk/clinical_reviews/no_concern.html", form=form, review=review)
