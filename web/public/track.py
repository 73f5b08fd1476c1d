"""Tracking a ticket by its private link (magic link): read, answer, confirm, reopen, withdraw."""

from contextlib import suppress

from pydantic import BaseModel, Field, ValidationInfo, field_validator
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import crisis_card_of
from navigator.errors import Conflict
from navigator.fields import Email, Line, Phone
from navigator.languages import gettext
from navigator.people import private_links
from navigator.people.actor import Actor
from navigator.people.reporter import number_of
from navigator.problems import affected
from navigator.problems.public_list import public_problem
from navigator.problems.trying_again import is_asked
from navigator.tickets.actions import contact, how_reached, next_session, reporter
from navigator.tickets.actions.booked_calls import can_book
from navigator.tickets.attached_files import readable_file
from navigator.tickets.contact_inputs import ChangeContactInput, EndLinksInput, HowReachedInput
from navigator.tickets.followed import followed_ticket, link_opened
from navigator.tickets.inputs import PicturesInput, RescheduleInput, SayInput
from navigator.tickets.promises import promises_after
from navigator.tickets.safety_notice import language_notice, safety_notice, was_of_concern
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find
from navigator.usability import asking
from web.kit import page_language
from web.kit.deps import (
    Address,
    Files,
    PathId,
    PathNumber,
    Reading,
    Router,
    Writing,
    leaves_confirmation,
    public,
)
from web.kit.form_marks import note_result
from web.kit.forms import Form, ReadForm
from web.kit.reporter_deps import ReporterActor, admit_reporter, dismiss_reporter
from web.kit.screen_ahead import screened_of_reporter
from web.kit.stored_files import Size, to_file
from web.kit.templating import PageRenderer, Render, redirect
from web.public.report_forms import ReachByAnswer
from web.public.you_can import what_they_can

router = Router()


class LostLinkInput(BaseModel):
    """The form for a lost private link."""

    reference: Line = Field(min_length=1, title="your reference")
    phone: Phone = Field(default="", title="your phone number")
    email: Email = Field(
        default="",
        title="your email address",
        validate_default=True,
        json_schema_extra={"words": {"email_format": "Enter your email address, like name@example.com"}},
    )

    @field_validator("reference")
    @classmethod
    def _can_be_one(cls, value: str) -> str:
        if number_of(value) is None:
            raise ValueError("Enter your reference. It looks like DN-000123")
        return value

    @field_validator("email")
    @classmethod
    def _email_or_phone(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("phone") == "":
            raise ValueError("Enter your email address or your phone number")
        return value


@router.get("/t/{token}", dependencies=[public])
def open_link(page: Render, session: Writing, token: str) -> Response:
    """Exchange the private link's token for a cookie, and redirect to an address without it.

    That it was opened is written down, and nothing else changes."""
    if (link := private_links.link_by_token(session, token)) is None:
        return page("public/track/gone.html", status=404)
    response = admit_reporter(redirect(f"/follow/{link.ticket_number}"), link)
    return page_language.follow(page.request, response, link_opened(session, link))


@router.get("/follow/{number}", dependencies=[leaves_confirmation])
def follow(page: Render, session: Reading, actor: ReporterActor, number: PathNumber) -> Response:
    """Where the ticket stands, and what can be said to it."""
    return _ticket_page(page, session, actor, number, Form())


def _ticket_page(
    page: PageRenderer, session: Session, actor: Actor, number: int, form: Form, template: str = "ticket"
) -> Response:
    detail = followed_ticket(session, actor)
    page_language.speak_for(page.request, detail.service.code)
    notice = safety_notice(session, detail.ticket, actor.reads)
    return page(
        f"public/track/{template}.html",
        detail=detail,
        number=number,
        large_print=detail.reporter is not None and detail.reporter.wants_large_print,
        service=detail.service,
        crisis=crisis_card_of(session, detail.service),
        notice=notice,
        promises=promises_after(detail, detail.last_action),
        problem=public_problem(session, detail.ticket.problem_id),
        is_asked=is_asked(session, detail.ticket),
        language_notice=language_notice(session, detail.ticket, actor.reads),
        can_book=can_book(detail),
        asked=asking.asked_of_reporter(session, detail.ticket),
        other_reports=reporter.split_tickets(session, actor) if detail.is_split else (),
        you_can=what_they_can(session, actor, detail, has_notice=notice is not None),
        form=form,
    )


@router.get("/follow/{number}/told")
def told(page: Render, session: Reading, actor: ReporterActor, number: PathNumber) -> Response:
    """What to do now, for somebody whose answer a clinician must read: as after a first report."""
    if safety_notice(session, find(session, actor, actor.own_ticket), actor.reads) is None:
        return redirect(f"/follow/{number}")
    return _ticket_page(page, session, actor, number, Form(), "told")


@router.post("/follow/{number}/reach-me")
def reach_me(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """A way to be reached, for the clinician who reads what was said."""
    if reach_by := form.read(ReachByAnswer):
        flash = reporter.say_how_to_reach_me(session, actor, reach_by.reach_by)
        return redirect(f"/follow/{number}", flash)
    return _ticket_page(page, session, actor, number, form)


@router.post("/follow/{number}/answer", dependencies=[screened_of_reporter])
def answer(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber, files: Files
) -> Response:
    """The reporter writes, or sends pictures, or both: with a file that is not taken the words come back."""
    message = form.read(PicturesInput if files.stored else SayInput)
    if files.is_taken(form) and message:
        with form.trying(session):
            ticket = reporter.answer(session, actor, actor.own_ticket, message, files.stored)
            return _answered(session, number, ticket)
    return _ticket_page(page, session, actor, number, form)


@router.get("/follow/{number}/files/{file_id}/{size}")
def picture(session: Reading, actor: ReporterActor, file_id: PathId, size: Size) -> Response:
    """A file of the reporter's own conversation."""
    return to_file(readable_file(session, actor, actor.own_ticket, file_id), size)


def _answered(session: Session, number: int, ticket: Ticket) -> Response:
    """Back to the report; to what to do now, if a clinician must read what was just said."""
    if was_of_concern(session, ticket):
        return redirect(f"/follow/{number}/told")
    return redirect(f"/follow/{number}", "Your message was sent.")


@router.post("/follow/{number}/confirmation")
def confirm(session: Writing, actor: ReporterActor, number: PathNumber) -> Response:
    """It works now."""
    with suppress(Conflict):  # pressed twice: the page says where it stands
        reporter.confirm(session, actor, actor.own_ticket)
        return redirect(f"/follow/{number}", "Thank you for telling us. Good to hear that it works.")
    return redirect(f"/follow/{number}")


@router.post("/follow/{number}/reopening")
def reopen(session: Writing, actor: ReporterActor, number: PathNumber) -> Response:
    """It is still broken."""
    with suppress(Conflict):
        reporter.reopen(session, actor, actor.own_ticket)
        return redirect(f"/follow/{number}", "Thank you. We look at it again.")
    return redirect(f"/follow/{number}")


@router.post("/follow/{number}/still-broken")
def still_broken(session: Writing, actor: ReporterActor, number: PathNumber) -> Response:
    """What was put right does not work for them."""
    with suppress(Conflict):
        reporter.still_broken(session, actor, actor.own_ticket)
        return redirect(f"/follow/{number}", "Thank you. We look at it again.")
    return redirect(f"/follow/{number}")


@router.post("/follow/{number}/session")
def reschedule(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """The next session is on another day."""
    if news := form.read(RescheduleInput):
        with form.trying(session):
            next_session.reschedule(session, actor, actor.own_ticket, news)
            return redirect(f"/follow/{number}", "Thank you. We have changed the date of your session.")
    return _ticket_page(page, session, actor, number, form)


@router.post("/follow/{number}/contact")
def change_contact(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """The reporter wants to be reached otherwise, or not at all."""
    if change := form.read(ChangeContactInput):
        with form.trying(session):
            affected.reach_otherwise(session, actor, actor.own_ticket, change)
            return to_new_link(page, session, actor, "Thank you. We have changed it.")
    return _ticket_page(page, session, actor, number, form)


def to_new_link(page: PageRenderer, session: Session, actor: Actor, said: str) -> Response:
    """Open the report by a new private link; where nothing is sent to its reporter any more, show it to keep.

    What they came by may have ended just now, and what closes after a day would be all they have."""
    token, detail = contact.new_link(session, actor), followed_ticket(session, actor)
    link = private_links.link_by_token(session, token)
    if link is None or detail.reporter is None or not detail.reporter.is_out_of_reach:
        return redirect(f"/t/{token}", said)
    page_language.speak_for(page.request, detail.service.code)
    note_result(f"/follow/{link.ticket_number}", said)
    shown = page(
        "public/track/new_link.html",
        detail=detail,
        number=link.ticket_number,
        token=token,
        service=detail.service,
        crisis=crisis_card_of(session, detail.service),
        notice=safety_notice(session, detail.ticket, actor.reads),
        flash=gettext(said),
    )
    return admit_reporter(shown, link)


@router.post("/follow/{number}/how-reached")
def change_how_reached(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """When not to disturb them, in which language to write, and what would help."""
    if chosen := form.read(HowReachedInput):
        with form.trying(session):
            how_reached.change_how_reached(session, actor, chosen)
            return redirect(f"/follow/{number}", "Thank you. We have changed it.")
    return _ticket_page(page, session, actor, number, form)


@router.post("/follow/{number}/closing")
def close_page(_actor: ReporterActor, number: PathNumber) -> Response:
    """Somebody else uses this phone or computer next."""
    return dismiss_reporter(redirect("/", "Your report is closed on this device."), number)


@router.post("/follow/{number}/links")
def end_links(session: Writing, actor: ReporterActor) -> Response:
    """Somebody else may have a link."""
    contact.end_links(session, actor, actor.own_ticket, EndLinksInput())
    return redirect("/lost-link", "All links to your report have ended.")


@router.post("/follow/{number}/others/{other}")
def go_to_other(session: Writing, actor: ReporterActor, other: PathId) -> Response:
    """Go to the report that was made of another problem told here."""
    return redirect(f"/t/{reporter.link_to_split_ticket(session, actor, other)}")


@router.post("/follow/{number}/withdrawal")
def withdraw(session: Writing, actor: ReporterActor, number: PathNumber) -> Response:
    """The reporter no longer wants this looked at."""
    with suppress(Conflict):
        reporter.withdraw(session, actor, actor.own_ticket)
        return redirect(f"/follow/{number}", "We have stopped working on this.")
    return redirect(f"/follow/{number}")


@router.get("/lost-link", dependencies=[public, leaves_confirmation])
def lost_link_form(page: Render, form: ReadForm) -> Response:
    """The form for a new private link."""
    return page("public/track/lost.html", form=form)


@router.post("/lost-link", dependencies=[public])
def send_again(page: Render, session: Writing, address: Address, form: ReadForm) -> Response:
    """Send it only to where the ticket says; the answer is the same either way."""
    if (lost := form.read(LostLinkInput)) is None:
        return page("public/track/lost.html", form=form)
    reporter.send_link_again(session, address, lost.reference, lost.email, lost.phone)
    return redirect("/lost-link", "If that is right, a message with a new link is on its way.")
