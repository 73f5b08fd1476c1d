"""Known problems for everybody: the list, a page for each, and “I have this too” by one tap."""

from dataclasses import replace
from typing import Annotated

from fastapi import Path
from pydantic import Field, ValidationInfo, field_validator
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import crisis_card_of, service_by_code
from navigator.errors import NotFound
from navigator.fields import Email, Id, Input, Phone
from navigator.outbox import delivery
from navigator.people.reporter import ContactMethod
from navigator.people.tokens import mint
from navigator.phone_numbers import can_get_texts
from navigator.problems import affected
from navigator.problems.public_list import KnownProblem, known_problems, public_problem
from navigator.tickets.queue.filters import Code
from navigator.tickets.report_input import ContactMethodInput
from web.kit.deps import Address, Reading, Router, Writing, leaves_confirmation, public
from web.kit.forms import Form, ReadForm
from web.kit.templating import Render, redirect, url
from web.public import counted_once
from web.public.report_deps import ReadReport, WriteReport
from web.public.report_session import ReportSession

router = Router(dependencies=[public])

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


@router.get("/known", dependencies=[leaves_confirmation])
def list_known_problems(page: Render, session: Reading, programme: Code = "") -> Response:
    """The problems that are known, of one programme or of all."""
    return page("public/known/list.html", public=True, problems=tuple(known_problems(session, programme)))


@router.get("/known/{id}")
def known_problem(wizard: ReadReport, session: Reading, form: ReadForm, id: ProblemId) -> Response:
    """One known problem: what to do for now, who can fix it, and whether this device is counted."""
    return _problem_page(wizard, session, form, id)


def _problem_page(wizard: ReportSession, session: Session, form: Form, id: int) -> Response:
    problem, request = _found(session, id), wizard.page.request
    code = wizard.answers.get("place", {}).get("service")
    token = counted_once.known_token(request)
    return wizard.page(
        "public/known/problem.html",
        form=form,
        problem=of_service(problem, code),
        crisis=crisis_card_of(session, service_by_code(session, code) if code else None),
        is_counted=bool(token) and affected.affected_person(session, id, token) is not None,
        is_told=form.chosen("told", "yes"),
        device=mint(),
        onward=wizard.next_url if wizard.draft else url("/report", programme=problem.programme_code),
    )


def _found(session: Session, id: int) -> KnownProblem:
    if (problem := public_problem(session, id)) is None:
        raise NotFound(affected.GONE)
    return problem


def of_service(problem: KnownProblem, code: str | None) -> KnownProblem:
    """The problem as it is shown to somebody who said which service is theirs: that is not asked again."""
    own = tuple(each for each in problem.services if each[0] == code)
    return replace(problem, services=own) if own else problem


@router.post("/report/known/{id}")
def i_have_this_too(
    wizard: WriteReport, session: Writing, address: Address, form: ReadForm, id: ProblemId
) -> Response:
    """Count somebody who has a known problem too, by one tap and once."""
    code, token = _service_code(wizard, session, form, id), counted_once.token_of(wizard.page.request, form)
    affected.count_me(session, address, service_by_code(session, code), id, token)
    return counted_once.keep(redirect(f"/known/{id}", "Thank you. You are counted."), token)


def _service_code(wizard: ReportSession, session: Session, form: Form, id: int) -> str:
    """The service that was pressed, or the one of the report; where only one can be meant, that one."""
    services = of_service(_found(session, id), wizard.answers.get("place", {}).get("service")).services
    return form.value("service") or (services[0][0] if len(services) == 1 else "")


@router.post("/report/known/{id}/contact")
def tell_me(
    wizard: WriteReport, session: Writing, address: Address, form: ReadForm, id: ProblemId
) -> Response:
    """Where to write when it is over: nothing else is asked."""
    if told := form.read(ToldInput):
        with form.trying(session):
            token = counted_once.token_of(wizard.page.request, form)
            affected.tell_me(session, address, id, token, told.contact())
            return redirect(url(f"/known/{id}", told="yes"))
    return _problem_page(wizard, session, form, id)
