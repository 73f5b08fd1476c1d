"""Submit a simulated report: who reports, through which channel, and what they fill in."""

from datetime import date, timedelta

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.device_needs import device_needs_of
from navigator.catalogue.lookups import programme_named, service_by_code
from navigator.demo.context import DemoContext
from navigator.demo.inclusion import needs_for
from navigator.demo.report_schedule import ScheduledReport
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.reporter import ContactMethod, ReporterKind
from navigator.people.user import Role
from navigator.support_cards.card_input import CardInput
from navigator.support_cards.cards import make_card
from navigator.support_cards.overview import own_cards
from navigator.tickets.actions import staff
from navigator.tickets.device_check import Finding, judge
from navigator.tickets.report_input import ContactInput, StaffReportInput
from navigator.tickets.ticket import Channel

CHOOSES_CATEGORY, CHOOSES_WRONG = 0.72, 0.08
KNOWS_SESSION, NAMES_PRACTITIONER = 0.68, 0.5
FOR_A_PATIENT, BY_PHONE = 0.1, 0.08
_INITIALS = ("A.K.", "J.M.", "R.S.")
_CALLS = (("After 4pm", True), ("Mornings", False), ("", None))
"""Best time and voicemail of those who want a call."""
CONTACT_WEIGHTS = {
    ContactMethod.EMAIL: 55,
    ContactMethod.TEXT: 20,
    ContactMethod.PHONE: 10,
    ContactMethod.NONE: 15,
}


def submit(
    context: DemoContext,
    session: Session,
    scheduled: ScheduledReport,
    text: str | None = None,
    email: str = "",
) -> int:
    """Submit a report as that person would, a patient if `email` is given; returns the ticket number."""
    actor, channel = _actor_and_channel(context, scheduled, bool(email))
    body = _text_of(context, scheduled) if text is None else text
    report = StaffReportInput(
        service=scheduled.service,
        programme=scheduled.programme,
        category=_chosen_category(context, scheduled, body),
        text=body,
        answers=scheduled.kind.answers,
        next_session=_next_session(context) if context.happens(KNOWS_SESSION) else None,
        session_is_weekly=context.happens(0.5),
        practitioner=_practitioner_name(context, scheduled) if not actor.has(Role.PWP) else "",
        contact=(reached_by := _with_needs(context, scheduled, contact(context, email))),
        found_by=_found_by(scheduled, reached_by) if channel is Channel.WEB else "",
        reporter=ReporterKind.PWP if scheduled.is_by_pwp else ReporterKind.PATIENT,
    )
    if actor.has(Role.PWP) and report.next_session:  # the hour is any, and always the same
        known_as = f"{report.next_session:%A} {1 + len(body) % 4}pm"
        code = "" if scheduled.is_by_pwp else _code_of_card(session, actor, report, known_as)
        report = report.model_copy(update={"known_as": known_as, "support_code": code})
    findings = _findings(context, session, scheduled, body) if channel is Channel.WEB else []
    return staff.report(session, actor, report, channel, findings=findings).ticket.number


def _with_needs(context: DemoContext, scheduled: ScheduledReport, reached_by: ContactInput) -> ContactInput:
    needs = [] if scheduled.is_by_pwp else needs_for(context, scheduled, reached_by.route)
    return reached_by.model_copy(update={"access_needs": needs})


def _findings(context: DemoContext, session: Session, scheduled: ScheduledReport, body: str) -> list[Finding]:
    """What a check of their phone found, where that may be at fault; their words decide which phone."""
    phone = context.story.phones[len(body) % len(context.story.phones)]
    programme = programme_named(session, scheduled.programme)
    needs = device_needs_of(session, programme.id if programme else None)
    is_likely = catalogue().category(scheduled.kind.category).may_be_device
    return judge(needs, phone.facts(), phone.user_agent) if phone and needs and is_likely else []


def _code_of_card(session: Session, actor: Actor, report: StaffReportInput, label: str) -> str:
    """The code of the practitioner’s support card for that patient, which is made for their first report."""
    service_id = service_by_code(session, report.service).id
    for card in own_cards(session, actor):
        if (card.label, card.service_id) == (label, service_id):
            return card.code
    known = report.model_dump(
        include={"service", "programme", "next_session", "session_is_weekly", "contact"}
    )
    return make_card(session, actor, CardInput.model_validate(known | {"label": label})).code


def _found_by(scheduled: ScheduledReport, reached_by: ContactInput) -> str:
    """What a patient says that their account can be found by, where the form asks it and they gave a way."""
    given = reached_by.email or reached_by.phone
    asks = catalogue().category(scheduled.kind.category).account_reason
    return f"{_INITIALS[len(given) % len(_INITIALS)]}, {given}" if asks and given else ""


def _actor_and_channel(
    context: DemoContext, scheduled: ScheduledReport, is_patient: bool
) -> tuple[Actor, Channel]:
    """Who reports, and through which channel; by phone only during business hours."""
    now = clock.now()
    is_open = context.people.calendars[scheduled.service].next_opening(now) == now
    if scheduled.is_by_pwp or (is_open and not is_patient and context.happens(FOR_A_PATIENT)):
        return context.choose(context.people.with_role(scheduled.service, Role.PWP)), Channel.STAFF
    if is_open and not is_patient and context.happens(BY_PHONE):
        return context.choose(context.people.with_role(scheduled.service, Role.NAVIGATOR)), Channel.PHONE
    return ANONYMOUS, Channel.WEB


def _text_of(context: DemoContext, scheduled: ScheduledReport) -> str:
    text = context.choose(scheduled.kind.texts)
    return text.format(**{name: context.choose(values) for name, values in context.story.words.items()})


def _chosen_category(context: DemoContext, scheduled: ScheduledReport, text: str) -> str | None:
    if text and scheduled.kind.instead and context.happens(CHOOSES_WRONG):
        return scheduled.kind.instead
    return scheduled.kind.category if not text or context.happens(CHOOSES_CATEGORY) else None


def _next_session(context: DemoContext) -> date:
    day = clock.today() + timedelta(days=context.rng.randint(2, 10))
    return max(context.dates.calendar.previous_working_day(day + timedelta(days=1)), clock.today())


def _practitioner_name(context: DemoContext, scheduled: ScheduledReport) -> str:
    names = [actor.name for actor in context.people.with_role(scheduled.service, Role.PWP)]
    return context.choose(names) if context.happens(NAMES_PRACTITIONER) else ""


def contact(context: DemoContext, email: str = "") -> ContactInput:
    """How to reach a patient: by that email address, or by a random contact method."""
    (route,) = context.rng.choices([*CONTACT_WEIGHTS], [*CONTACT_WEIGHTS.values()])
    n, is_safe = context.rng.randrange(1000), context.happens(0.97)
    best_time, voicemail_is_safe = _CALLS[n % 3] if route is ContactMethod.PHONE and not email else ("", None)
    return ContactInput(
        route=ContactMethod.EMAIL if email else route,
        email=email or (f"patient{n}@demo.example" if route is ContactMethod.EMAIL else ""),
        phone=f"07700 900 {n:03}" if route in (ContactMethod.TEXT, ContactMethod.PHONE) else "",
        best_time=best_time,
        voicemail_is_safe=voicemail_is_safe,
        is_safe=is_safe if email or route is not ContactMethod.NONE else None,
    )
