"""How somebody in the story tells the desk of a problem."""

from datetime import date, timedelta

from sqlmodel import Session

from navigator import clock
from navigator.demo.context import DemoContext
from navigator.demo.report_schedule import ScheduledReport
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.reporter import ContactMethod, ReporterKind
from navigator.people.user import Role
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ContactInput, ReportInput
from navigator.tickets.ticket import Channel

CHOSEN, CHOSEN_WRONG = 0.72, 0.08
KNOWS_SESSION, NAMES_PRACTITIONER = 0.68, 0.5
FOR_A_PATIENT, BY_PHONE = 0.1, 0.08
ROUTES = {ContactMethod.EMAIL: 55, ContactMethod.TEXT: 20, ContactMethod.PHONE: 10, ContactMethod.NONE: 15}


def submit(
    stage: DemoContext, session: Session, told: ScheduledReport, text: str | None = None, email: str = ""
) -> int:
    """Report it as that person would; the ticket's number. With an email address it is somebody known."""
    who, channel = _through(stage, told, bool(email))
    words = _words(stage, told) if text is None else text
    report = ReportInput(
        service=told.service,
        programme=told.programme,
        category=_choice(stage, told, words),
        text=words,
        answers=told.kind.answers,
        next_session=_session(stage) if stage.lucky(KNOWS_SESSION) else None,
        session_is_weekly=stage.lucky(0.5),
        practitioner=_practitioner(stage, told) if not who.has(Role.PWP) else "",
        contact=contact(stage, email),
        reporter=ReporterKind.PWP if told.is_by_pwp else ReporterKind.PATIENT,
    )
    return staff.report(session, who, report, channel).ticket.number


def _through(stage: DemoContext, told: ScheduledReport, is_patient: bool) -> tuple[Actor, Channel]:
    """Who reports, and through which door; on the phone only while somebody is there to answer it."""
    is_open = stage.cast.calendars[told.service].next_opening(clock.now()) == clock.now()
    if told.is_by_pwp or (is_open and not is_patient and stage.lucky(FOR_A_PATIENT)):
        return stage.one(stage.cast.of(told.service, Role.PWP)), Channel.STAFF
    if is_open and not is_patient and stage.lucky(BY_PHONE):
        return stage.one(stage.cast.of(told.service, Role.NAVIGATOR)), Channel.PHONE
    return ANONYMOUS, Channel.WEB


def _words(stage: DemoContext, told: ScheduledReport) -> str:
    text = stage.one(told.kind.texts)
    return text.format(**{slot: stage.one(words) for slot, words in stage.story.words.items()})


def _choice(stage: DemoContext, told: ScheduledReport, words: str) -> str | None:
    if words and told.kind.instead and stage.lucky(CHOSEN_WRONG):
        return told.kind.instead
    return told.kind.category if not words or stage.lucky(CHOSEN) else None


def _session(stage: DemoContext) -> date:
    day = clock.today() + timedelta(days=stage.chance.randint(2, 10))
    return stage.dates.calendar.previous_working_day(day + timedelta(days=1))


def _practitioner(stage: DemoContext, told: ScheduledReport) -> str:
    names = [actor.name for actor in stage.cast.of(told.service, Role.PWP)]
    return stage.one(names) if stage.lucky(NAMES_PRACTITIONER) else ""


def contact(stage: DemoContext, email: str = "") -> ContactInput:
    """How to reach a patient: by that address, or by whatever chance says."""
    (route,) = stage.chance.choices([*ROUTES], [*ROUTES.values()])
    n = stage.chance.randrange(1000)
    return ContactInput(
        route=ContactMethod.EMAIL if email else route,
        email=email or (f"patient{n}@demo.example" if route is ContactMethod.EMAIL else ""),
        phone=f"07700 900 {n:03}" if route in (ContactMethod.TEXT, ContactMethod.PHONE) else "",
        is_safe=stage.lucky(0.97),
    )
