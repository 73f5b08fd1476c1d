"""Pages beside the questions: whom to call, what is known already, and “I have this too” by one tap."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Path
from pydantic import Field, ValidationInfo, field_validator
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import service_by_code
from navigator.catalogue.turn_to import phone_line, turn_to
from navigator.fields import Email, Id, Input, Phone
from navigator.outbox import delivery
from navigator.people.reporter import ContactMethod
from navigator.phone_numbers import can_get_texts
from navigator.problems import affected
from navigator.problems.public_list import public_problem
from navigator.tickets.report_input import ContactMethodInput
from web.kit import cookies
from web.kit.deps import Address, Reading, Router, Writing, public
from web.kit.forms import Form, ReadForm
from web.kit.templating import redirect
from web.public.report_deps import ReadReport, WriteReport
from web.public.report_detours import came_from, divert_of, problems_shown
from web.public.report_session import GONE, ReportSession

router = Router(prefix="/report", dependencies=[public])

_COUNTED_LASTS = timedelta(days=7)

ProblemId = Annotated[Id, Path()]


class ToldInput(Input):
    """Where to write when a known problem is over: to an email address, or by text."""

    email: Email = Field(
        default="",
        title="your email address",
        json_schema_extra={"words": {"email_format": "Enter your email address, like name@example.com"}},
    )
    phone: Phone = Field(default="", title="your phone number", validate_default=True)

    @field_validator("phone")
    @classmethod
    def _email_or_phone(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("email") != "":
            return value
        if not value:
            raise ValueError("Enter where we should write to")
        if not delivery.works(ContactMethod.TEXT):
            raise ValueError("We cannot send text messages. Enter your email address.")
        if not can_get_texts(value):
            raise ValueError("Enter a mobile phone number for a text, or your email address")
        return value

    def contact(self) -> ContactMethodInput:
        """The way to write: by email if there is an address."""
        route = ContactMethod.EMAIL if self.email else ContactMethod.TEXT
        return ContactMethodInput(route=route, email=self.email, phone="" if self.email else self.phone)


@router.get("/turn-to")
def whom_to_call(wizard: ReadReport, session: Reading) -> Response:
    """Whom to call at once with what is no navigator's to put right."""
    if "place" not in wizard.answers or (category := divert_of(wizard.answers)) is None:
        return redirect(wizard.next_url)
    service = service_by_code(session, wizard.answers["place"]["service"])
    to, line = turn_to(session, service.id, category), phone_line(session, service)
    return wizard.render("turn_to", divert=category, to=to, line=line, **_ways_on(wizard))


def _ways_on(wizard: ReportSession) -> dict[str, Any]:
    return {"onward": wizard.next_url, "back_to": came_from(wizard.answers)}


@router.get("/known")
def already_known(wizard: ReadReport, session: Reading) -> Response:
    """What is known of what they are about to tell, before they type more."""
    if problems := problems_shown(session, wizard.answers):
        return wizard.render("known", problems=problems, **_ways_on(wizard))
    return redirect(wizard.next_url)


@router.post("/known/{id}")
def i_have_this_too(wizard: WriteReport, session: Writing, address: Address, id: ProblemId) -> Response:
    """Count somebody who has a known problem too, by one tap and once."""
    if "place" not in wizard.answers:
        return redirect("/report", GONE)
    service = service_by_code(session, wizard.answers["place"]["service"])
    affected.count_me(session, address, service, id, wizard.browser)
    wizard.remember(counted=id, is_told=False)
    response = redirect("/report/counted")
    cookies.set_cookie(response, cookies.COUNTED, wizard.browser, _COUNTED_LASTS)
    return response


@router.get("/counted")
def counted(wizard: ReadReport, session: Reading, form: ReadForm) -> Response:
    """That they were counted, what they can do for now, and a way to be told when it is over."""
    return _counted_page(wizard, session, form)


def _counted_page(wizard: ReportSession, session: Session, form: Form) -> Response:
    known = wizard.answers.get("known", {})
    if (problem := public_problem(session, known.get("counted"))) is None:
        return redirect(wizard.next_url)
    more: dict[str, Any] = {"problem": problem, "form": form} | _ways_on(wizard)
    return wizard.render("counted", is_told=known.get("is_told"), **more)


@router.post("/counted")
def tell_me(wizard: WriteReport, session: Writing, address: Address, form: ReadForm) -> Response:
    """Where to write when it is over: nothing else is asked."""
    if told := form.read(ToldInput):
        with form.trying(session):
            id = wizard.answers.get("known", {}).get("counted", 0)
            affected.tell_me(session, address, id, wizard.browser, told.contact())
            wizard.remember(is_told=True)
            return redirect("/report/counted", "Thank you. We write to you when it is put right.")
    return _counted_page(wizard, session, form)
