"""Tracking a ticket by its private link (magic link): read, answer, confirm, reopen, withdraw."""

from contextlib import suppress

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import crisis_card_of
from navigator.errors import Conflict
from navigator.fields import Email, Line
from navigator.people import private_links
from navigator.people.actor import Actor
from navigator.tickets.actions import reporter, staff
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import RescheduleInput, SayInput
from web.kit.deps import Address, PathId, Reading, ReporterActor, Writing, admit_reporter, public
from web.kit.forms import Form, ReadForm
from web.kit.screen_ahead import screened_of_reporter
from web.kit.templating import PageRenderer, Render, redirect

router = APIRouter()


class LostLinkInput(BaseModel):
    """The form for a lost private link."""

    reference: Line = Field(min_length=1, title="your reference")
    email: Email = Field(
        min_length=1,
        title="your email address",
        json_schema_extra={"words": "Enter your email address, like name@example.com"},
    )


@router.get("/t/{token}", dependencies=[public])
def open_link(page: Render, session: Reading, token: str) -> Response:
    """Exchange the private link's token for a cookie, and redirect to an address without it."""
    if (link := private_links.link_by_token(session, token)) is None:
        return page("public/track/gone.html", status=404)
    response = redirect(f"/follow/{link.ticket_number}")
    admit_reporter(response, link)
    return response


@router.get("/follow/{number}")
def follow(page: Render, session: Reading, actor: ReporterActor, number: PathId) -> Response:
    """Where the ticket stands, and what can be said to it."""
    return _ticket_page(page, session, actor, number, Form())


def _ticket_page(page: PageRenderer, session: Session, actor: Actor, number: int, form: Form) -> Response:
    detail = ticket_detail(session, actor, actor.own_ticket)
    return page(
        "public/track/ticket.html",
        detail=detail,
        number=number,
        service=detail.service,
        crisis=crisis_card_of(session, detail.service),
        other_reports=reporter.split_tickets(session, actor),
        form=form,
    )


@router.post("/follow/{number}/answer", dependencies=[screened_of_reporter])
def answer(page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathId) -> Response:
    """The reporter writes."""
    if message := form.read(SayInput):
        with form.trying(session):
            reporter.answer(session, actor, actor.own_ticket, message)
            return redirect(f"/follow/{number}", "Your message was sent.")
    return _ticket_page(page, session, actor, number, form)


@router.post("/follow/{number}/confirmation")
def confirm(session: Writing, actor: ReporterActor, number: PathId) -> Response:
    """It works now."""
    with suppress(Conflict):  # pressed twice: it is done
        reporter.confirm(session, actor, actor.own_ticket)
    return redirect(f"/follow/{number}", "Thank you for telling us. Good to hear that it works.")


@router.post("/follow/{number}/reopening")
def reopen(session: Writing, actor: ReporterActor, number: PathId) -> Response:
    """It is still broken."""
    with suppress(Conflict):
        reporter.reopen(session, actor, actor.own_ticket)
    return redirect(f"/follow/{number}", "Thank you. We look at it again.")


@router.post("/follow/{number}/session")
def reschedule(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathId
) -> Response:
    """The next session is on another day."""
    if next_session := form.read(RescheduleInput):
        with form.trying(session):
            staff.reschedule(session, actor, actor.own_ticket, next_session)
            return redirect(f"/follow/{number}", "Thank you. We have changed the date of your session.")
    return _ticket_page(page, session, actor, number, form)


@router.post("/follow/{number}/others/{other}")
def go_to_other(session: Writing, actor: ReporterActor, other: PathId) -> Response:
    """Go to the report that was made of another problem told here."""
    return redirect(f"/t/{reporter.link_to_split_ticket(session, actor, other)}")


@router.post("/follow/{number}/withdrawal")
def withdraw(session: Writing, actor: ReporterActor, number: PathId) -> Response:
    """The reporter no longer wants this looked at."""
    with suppress(Conflict):
        reporter.withdraw(session, actor, actor.own_ticket)
    return redirect(f"/follow/{number}", "We have stopped working on this.")


@router.get("/lost-link", dependencies=[public])
def lost_link_form(page: Render, form: ReadForm) -> Response:
    """The form for a new private link."""
    return page("public/track/lost.html", form=form)


@router.post("/lost-link", dependencies=[public])
def send_again(page: Render, session: Writing, address: Address, form: ReadForm) -> Response:
    """Send it only to the address already on the ticket; the answer is the same either way."""
    if (lost_link := form.read(LostLinkInput)) is None:
        return page("public/track/lost.html", form=form)
    reporter.send_link_again(session, address, lost_link.reference, lost_link.email)
    return redirect("/lost-link", "If that is right, a message with a new link is on its way.")
