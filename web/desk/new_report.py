"""The counter: one dense page on which staff tell a problem, for themselves, a patient or a caller."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field, ValidationInfo, field_validator
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.accepting_reports import services_taking_reports
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import service_by_code
from navigator.errors import Invalid
from navigator.fields import Input, Line, RequiredText
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, ReporterKind, reference
from navigator.people.user import Role
from navigator.problems.similar_tickets import SimilarTickets, similar_to_report
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ReportInput
from navigator.tickets.ticket import Channel
from navigator.triage.safety_screen import screen
from web.kit.deps import Reading, Staff, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import Render, redirect

router = APIRouter(prefix="/desk/report")


class StaffReport(ReportInput):
    """A report, and for whom it is told."""

    who: Literal["me", "patient", "phone"] = Field(json_schema_extra={"words": "Choose who this is for"})
    safe: Literal["yes", "no", ""] = ""

    @field_validator("safe")
    @classmethod
    def _is_asked(cls, value: str, info: ValidationInfo) -> str:
        contact = info.data.get("contact")
        if not value and info.data.get("who") != "me" and contact and contact.route is not ContactMethod.NONE:
            raise ValueError("Say if it is safe to contact them this way")
        return value

    def told(self) -> ReportInput:
        """The report itself."""
        kind = ReporterKind.PWP if self.who == "me" else ReporterKind.PATIENT
        told = self.model_dump(exclude={"who", "safe"}) | {"reporter": kind}
        told["contact"]["is_safe"] = self.safe != "no"
        return ReportInput.model_validate(told)


class SimilarQuery(Input):
    """As much of a report as is needed to find others like it."""

    service: Line = Field(min_length=1, title="your service")
    programme: Line | None = None
    category: Line | None = None
    text: RequiredText = Field(title="what is wrong")


@router.get("")
def ask(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """One page with everything."""
    form.fill({"contact.route": ContactMethod.NONE.value, "who": "me" if actor.has(Role.PWP) else None})
    return page("desk/new_report.html", form=form, **_facts(session, actor))


@router.post("")
def report(page: Render, session: Writing, actor: Staff, form: ReadForm) -> Response:
    """Take it."""
    if given := form.read(StaffReport):
        with form.trying(session):
            number = _take(session, actor, given)
            return redirect(f"/tickets/{number}", f"Saved. The reference is {reference(number)}.")
    return page("desk/new_report.html", form=form, **_facts(session, actor))


@router.post("/like")
def similar(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """Show what is like it so far; nothing is taken."""
    facts = {"like": _similar(session, actor, form), "is_grave": screen(form.value("text")).hit}
    return page("desk/new_report.html", form=form, **_facts(session, actor) | facts)


def _take(session: Session, actor: Actor, given: StaffReport) -> int:
    if service_by_code(session, given.service).id not in actor.services():
        raise Invalid("Choose a service of yours.")
    door = Channel.PHONE if given.who == "phone" else Channel.STAFF
    return staff.report(session, actor, given.told(), door).ticket.number


def _similar(session: Session, actor: Actor, form: Form) -> SimilarTickets | None:
    """Reports like what was typed so far; None, with what is missing in the form, if that is too little."""
    if told := form.read(SimilarQuery):
        with form.trying():
            return similar_to_report(session, actor, ReportInput.model_validate(told.model_dump()))
    return None


def _facts(session: Session, actor: Actor) -> dict[str, Any]:
    own = [offer for offer in services_taking_reports(session) if offer.service.id in actor.services()]
    programmes = {one.code: one.name for offer in own for one in offer.programmes}
    return {
        "offers": own,
        "programmes": list(programmes.items()),
        "catalogue": catalogue(),
        "like": None,
        "is_grave": False,
    }
