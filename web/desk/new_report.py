"""The staff report form: one dense page, for themselves, a patient or a caller on the phone."""

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.accepting_reports import services_taking_reports
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import crisis_card_of, service_by_code
from navigator.errors import Invalid
from navigator.fields import Id, Input, Line, RequiredText
from navigator.outbox.urls import PRIVATE_LINK, absolute_url
from navigator.people import private_links
from navigator.people.actor import Actor
from navigator.people.reporter import ReporterKind, reference
from navigator.people.user import Role
from navigator.problems.similar_tickets import SimilarTickets, similar_to_report
from navigator.support_cards.cards import find_card
from navigator.support_cards.overview import own_cards
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions import contact, send_checks, staff
from navigator.tickets.actions.staff import ReportResult
from navigator.tickets.detail import ticket_detail
from navigator.tickets.report_input import ReportInput, StaffReportInput
from navigator.tickets.safety_notice import who_reads_for_staff
from navigator.tickets.ticket import Channel, Ticket
from navigator.triage.safety_screen import screen
from web.kit.deps import PathNumber, Reading, Router, Staff, Writing
from web.kit.forms import Form, ReadForm
from web.kit.qr_code import qr_code
from web.kit.screen_ahead import screened_report_of_staff
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/desk/report")


class StaffReport(StaffReportInput):
    """The report form: a report, and for whom it is."""

    who: Literal["me", "patient", "phone"] = Field(json_schema_extra={"words": "Choose who this is for"})
    safe: Literal["yes", "no", ""] = ""
    card: Id | None = Field(default=None, title="the card")

    @field_validator("safe")
    @classmethod
    def _is_asked(cls, value: str, info: ValidationInfo) -> str:
        contact = info.data.get("contact")
        if not value and info.data.get("who") != "me" and contact and contact.has_route:
            raise ValueError("Say if it is safe to contact them this way")
        return value

    @field_validator("card")
    @classmethod
    def _is_of_a_patient(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value and info.data.get("who") == "me":
            raise ValueError("A card is for a patient. Choose “A patient” above, or none of the cards")
        return value

    @field_validator("known_as")
    @classmethod
    def _is_no_nhs_number(cls, value: str) -> str:
        if send_checks.has_nhs_number(value):
            raise ValueError("Leave out the NHS number. Use words that only you understand, like Tuesday 3pm")
        return value

    def to_report(self) -> StaffReportInput:
        """The report as the desk takes it."""
        kind = ReporterKind.PWP if self.who == "me" else ReporterKind.PATIENT
        contact = self.contact.model_copy(update={"is_safe": {"yes": True, "no": False}.get(self.safe)})
        values = {name: getattr(self, name) for name in StaffReportInput.model_fields}
        return StaffReportInput.model_construct(**values | {"reporter": kind, "contact": contact})


class SimilarQuery(Input):
    """As much of a report as is needed to find others like it."""

    service: Line = Field(min_length=1, title="your service")
    programme: Line | None = None
    category: Line | None = None
    text: RequiredText = Field(title="what is wrong")


@router.get("")
def report_form(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """The form, all on one page."""
    form.fill({"who": "me" if actor.has(Role.PWP) else None})
    return page("desk/new_report.html", form=form, **_context(session, actor))


@router.post("", dependencies=[screened_report_of_staff])
def create_report(page: Render, session: Writing, actor: Staff, form: ReadForm) -> Response:
    """Create a ticket from the form."""
    if staff_report := form.read(StaffReport):
        with form.trying(session):
            result = _create(session, actor, staff_report)
            return redirect(_page_after(session, actor, result.ticket, form), _saved(result))
    return page("desk/new_report.html", form=form, **_context(session, actor))


def _page_after(session: Session, actor: Actor, ticket: Ticket, form: Form) -> str:
    """The ticket, or first its private link, where only whoever reports can give it to the patient."""
    detail = ticket_detail(session, actor, ticket.number)
    is_to_give = detail.waits_for_link and Action.GIVE_LINK in detail.allowed
    if is_to_give:
        return f"{router.prefix}/sent/{ticket.number}"
    takes_pictures = form.value("then") == "pictures"  # the words are saved before any file is sent
    box = ACTION_RULES[Action.ANSWER if Action.ANSWER in detail.allowed else Action.NOTE].address
    return f"/tickets/{ticket.number}/files/{box}" if takes_pictures else f"/tickets/{ticket.number}"


@router.get("/sent/{number}")
def sent(page: Render, session: Reading, actor: Staff, number: PathNumber) -> Response:
    """That nothing is sent to the patient, and the button that makes a private link to pass on."""
    return _link_page(page, session, actor, number)


@router.post("/sent/{number}")
def give_link(page: Render, session: Writing, actor: Staff, number: PathNumber) -> Response:
    """Show a new private link, this once, to whoever passes it on."""
    return _link_page(page, session, actor, number, contact.give_link(session, actor, number))


def _link_page(page: PageRenderer, session: Session, actor: Actor, number: int, token: str = "") -> Response:
    detail = ticket_detail(session, actor, number)
    if not detail.waits_for_link or Action.GIVE_LINK not in detail.allowed:
        return redirect(f"/tickets/{number}")
    href = absolute_url(PRIVATE_LINK, token=token) if token else ""
    return page(
        "desk/link_to_pass_on.html",
        detail=detail,
        href=href,
        qr_code=qr_code(href) if href else "",
        lasts=private_links.LINK_LIFETIME,
        crisis=crisis_card_of(session, detail.service),
        who_reads=who_reads_for_staff(session, detail.ticket) if detail.ticket.has_open_review else "",
    )


@router.post("/like", dependencies=[screened_report_of_staff])
def similar_reports(page: Render, session: Reading, actor: Staff, form: ReadForm) -> Response:
    """Show similar reports; nothing is saved."""
    results = {"similar": _similar(session, actor, form), "is_of_concern": _is_of_concern(form)}
    return page("desk/new_report.html", form=form, **_context(session, actor) | results)


def _is_of_concern(form: Form) -> bool:
    return screen(form.value("text"), is_of_staff=form.value("who") == "me").hit


def _saved(result: ReportResult) -> str:
    next_step = " A clinician must read it: see what to do now." if result.is_of_concern else ""
    return f"Saved. The reference is {reference(result.ticket.number)}.{next_step}"


def _create(session: Session, actor: Actor, staff_report: StaffReport) -> ReportResult:
    service = service_by_code(session, staff_report.service)
    if service.id not in actor.services():
        raise Invalid("Choose a service of yours.")
    channel = Channel.PHONE if staff_report.who == "phone" else Channel.STAFF
    report = staff_report.to_report()
    if staff_report.card:
        card = find_card(session, actor, staff_report.card)
        if card.service_id != service.id:
            words = "This card is of another service of yours. Choose that service, or none of the cards"
            raise Invalid("There is a problem", {"card": words})
        report.support_code = card.code
    return staff.report(session, actor, report, channel)


def _similar(session: Session, actor: Actor, form: Form) -> SimilarTickets | None:
    """Reports similar to what was typed; None, with errors in the form, if that is too little."""
    if query := form.read(SimilarQuery):
        with form.trying():
            return similar_to_report(session, actor, ReportInput.model_validate(query.model_dump()))
    return None


_NOT_ONLY_PRACTITIONERS = {*Role} - {Role.PWP, Role.COMPOSED}
"""Who has none of these is the practitioner of whoever they report for."""


def _context(session: Session, actor: Actor) -> dict[str, Any]:
    offers = [offer for offer in services_taking_reports(session) if offer.service.id in actor.services()]
    programmes = {each.code: each.name for offer in offers for each in offer.programmes}
    return {
        "offers": offers,
        "programme_choices": list(programmes.items()),
        "catalogue": catalogue(),
        "crisis": crisis_card_of(session, offers[0].service if len(offers) == 1 else None),
        "names_patients": actor.has(Role.PWP),
        "asks_practitioner": actor.has(*_NOT_ONLY_PRACTITIONERS),
        "card_choices": [(card.id, card.label) for card in own_cards(session, actor)],
        "gives_links": actor.has(Role.PWP, Role.NAVIGATOR),
        "similar": None,
        "is_of_concern": False,
    }
