"""Clinical reviews: what a clinician must read, acknowledged, and ended by an outcome in words."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path
from pydantic import Field
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import services
from navigator.catalogue.service import Service
from navigator.errors import Forbidden
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import clinical_review, no_concern, review_list, send_checks, write_to_person
from navigator.tickets.actions.clinical_review import review_detail
from navigator.tickets.actions.no_concern import NoConcernInput
from navigator.tickets.enums import ReviewResult
from navigator.tickets.inputs import SayInput
from navigator.tickets.metrics import Period
from navigator.tickets.outcome_input import OutcomeInput
from navigator.tickets.safety_notice import what_they_are_told
from web.desk.seen_warnings import new_warnings, text_hash
from web.kit.deps import Reading, Router, Staff, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/clinical-reviews")

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
    reviews = review_list.listed_reviews(session, actor, clinical_review.open_reviews(session, actor))
    found = {"reviews": reviews, "services": _own_services(session, actor), "missed": missed}
    return page("desk/clinical_reviews/list.html", found=found, period=period)


def _own_services(session: Session, actor: Actor) -> dict[int, Service]:
    return {each.id: each for each in services(session) if each.id in actor.services()}


@router.get("/{id}")
def show(page: Render, session: Reading, actor: Reader, id: Number) -> Response:
    """One clinical review with the words that somebody must read."""
    return _review_page(page, session, actor, id, Form())


def _review_page(page: PageRenderer, session: Reading, actor: Actor, id: int, form: Form) -> Response:
    found = review_detail(session, actor, id)
    return page(
        "desk/clinical_reviews/detail.html",
        form=form,
        review=found.review,
        detail=found.detail,
        said_on=found.person_ticket,
        others=review_list.also_open(session, actor, found.review),
        next_alert=clinical_review.next_alert_words(found.review),
        told=what_they_are_told(session, found.person_ticket, found.review),
    )


@router.post("/{id}/acknowledgement")
def acknowledge(page: Render, session: Writing, actor: Clinician, form: ReadForm, id: Number) -> Response:
    """A clinician has read it: the alerts stop; who comes second reads on."""
    with form.trying(session):
        clinical_review.acknowledge(session, actor, id)
        return redirect(f"/clinical-reviews/{id}", "Thank you. The alerts have stopped.")
    return _review_page(page, session, actor, id, form)


@router.post("/{id}/outcome")
def conclude(page: Render, session: Writing, actor: Clinician, form: ReadForm, id: Number) -> Response:
    """What was done, in words: nothing else ends a clinical review."""
    if answer := form.read(Outcome):
        with form.trying(session):
            clinical_review.conclude(session, actor, id, answer)
            return redirect("/clinical-reviews", "The outcome was saved. This clinical review has ended.")
    return _review_page(page, session, actor, id, form)


@router.get("/{id}/message")
def message_form(page: Render, session: Reading, actor: Clinician, id: Number) -> Response:
    """The form in which a clinician writes to the person."""
    return _message_page(page, session, actor, id, Form())


@router.post("/{id}/message")
def send_message(page: Render, session: Writing, actor: Clinician, form: ReadForm, id: Number) -> Response:
    """A clinician writes to the person; what the checks warn of is shown first."""
    warnings: Sequence[str] = ()
    if message := form.read(SayInput):
        warnings = _unseen_warnings(session, actor, id, form)
        with form.trying(session):
            if not warnings:
                write_to_person.write_to_person(session, actor, id, message)
                return redirect(f"/clinical-reviews/{id}", "Your message is on their private page.")
    return _message_page(page, session, actor, id, form, warnings)


def _unseen_warnings(session: Session, actor: Actor, id: int, form: Form) -> Sequence[str]:
    """What the checks of an outgoing message warn of, once for each text."""
    detail = review_detail(session, actor, id).detail
    warnings = send_checks.send_warnings(session, detail, Action.WRITE_TO_PERSON, form.value("body"))
    return new_warnings(form, warnings)


def _message_page(
    page: PageRenderer, session: Session, actor: Actor, id: int, form: Form, warnings: Sequence[str] = ()
) -> Response:
    found = review_detail(session, actor, id)
    if Action.WRITE_TO_PERSON not in found.detail.allowed:
        raise Forbidden("You cannot do that to this ticket.")
    return page(
        "desk/clinical_reviews/message.html",
        form=form,
        review=found.review,
        detail=found.detail,
        warnings=warnings,
        seen=text_hash(form.value("body")),
        told=write_to_person.how_they_are_told(session, found),
    )


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
