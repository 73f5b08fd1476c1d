"""Submit a simulated report: who reports, through which channel, and what they fill in."""

from datetime import date, timedelta

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.demo.context import DemoContext
from navigator.demo.report_schedule import ScheduledReport
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.reporter import ContactMethod, ReporterKind
from navigator.people.user import Role
from navigator.tickets.actions import staff
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
        contact=(reached_by := contact(context, email)),
        found_by=_found_by(scheduled, reached_by) if channel is Channel.WEB else "",
        reporter=ReporterKind.PWP if scheduled.is_by_pwp else ReporterKind.PATIENT,
    )
    if actor.has(Role.PWP) and report.next_session:  # the hour is any, and always the same
        known_as = f"{report.next_session:%A} {1 + len(body) % 4}pm"
        report = report.model_copy(update={"known_as": known_as})
    return staff.report(session, actor, report, channel).ticket.number


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
