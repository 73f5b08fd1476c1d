"""What a report is made of before the desk has it: read, understood, and put into rows."""

from dataclasses import dataclass
from zlib import crc32

from sqlmodel import Session

from navigator.catalogue.accepting_reports import require_complete
from navigator.catalogue.catalogue import Category
from navigator.catalogue.fixability import cues_from, cues_in
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter, ReporterKind, Route
from navigator.people.user import Role, User
from navigator.settings import settings
from navigator.tickets.inputs import ReportInput
from navigator.tickets.ticket import Door, Ticket
from navigator.tickets.triage import NEVER, leaf, must_be_read, name_contact, set_clocks, sort, usual_impact
from navigator.triage.safety_screen import Screening, screen
from navigator.triage.suggest import Suggestion, suggest


@dataclass(frozen=True)
class Understood:
    """What can be known of a report from its words alone, before any transaction begins."""

    screening: Screening
    suggestion: Suggestion
    category: Category | None
    cues: tuple[str, ...]
    answers: dict[str, str]


def understand(told: ReportInput) -> Understood:
    """Screen, suggest and find the cues: the reporter's own choice comes before our suggestion."""
    suggestion = suggest(told.text, told.reporter, told.programme)
    category = leaf(told.category) or leaf(None if suggestion.abstained else suggestion.category)
    cues = set(cues_in(told.text)) | (set(cues_from(category, told.answers)) if category else set())
    return Understood(screen(*told.words), suggestion, category, tuple(sorted(cues)), _asked(category, told))


def _asked(category: Category | None, told: ReportInput) -> dict[str, str]:
    """The answers that could be chosen: nothing else, which no screen would see, is kept."""
    asked = {question.id: question for question in category.questions} if category else {}
    return {id: value for id, value in told.answers.items() if id in asked and asked[id].option(value)}


def place(session: Session, told: ReportInput) -> tuple[Service, Programme | None]:
    """The service and programme that a report is for; refused where reports could not be answered safely."""
    service = service_by_code(session, told.service)
    require_complete(session, service)
    return service, programme_by_code(session, service, told.programme)


def open_ticket(session: Session, actor: Actor, told: ReportInput, door: Door, read: Understood) -> Ticket:
    """The rows of a new ticket, sorted and with its clocks set."""
    service, programme = place(session, told)
    reporter = _reporter(session, actor, told)
    session.add(reporter)
    session.flush()
    is_hidden = _is_drawn(reporter.id) and not must_be_read(read.suggestion.category)
    category = leaf(told.category) if is_hidden else read.category
    ticket = Ticket(
        service_id=service.id,
        programme_id=programme.id if programme else None,
        reporter_id=reporter.id,
        reporter_kind=told.reporter,
        reporter_user_id=reporter.user_id,
        door=door,
        reported_category=told.category,
        suggested_category=read.suggestion.category,
        suggested_confidence=read.suggestion.confidence,
        suggested_why=list(read.suggestion.why),
        likely={one.category: one.confidence for one in read.suggestion.candidates},
        suggestion_is_hidden=is_hidden,
        answers=read.answers,
        cues=list(read.cues),
        impact=usual_impact(category),
        session_on=told.next_session,
        session_is_weekly=told.session_is_weekly,
        pwp_said=told.practitioner,
        due_at=NEVER,
    )
    _attach_pwp(actor, ticket)
    sort(session, ticket, category)
    if told.category:
        name_contact(session, ticket, category)
    set_clocks(ticket, service)
    session.add(ticket)
    session.flush()
    return ticket


def _reporter(session: Session, actor: Actor, told: ReportInput) -> Reporter:
    contact = told.contact
    reporter = Reporter(
        kind=told.reporter,
        route=contact.route,
        email=contact.email,
        phone=contact.phone,
        is_safe_to_contact=contact.is_safe,
        needs=contact.needs,
        language=contact.language,
        support_code=told.support_code,
    )
    if told.reporter is ReporterKind.PWP and actor.user_id is not None:
        reporter.user_id = actor.user_id
        reporter.route, reporter.email = Route.EMAIL, session.get_one(User, actor.user_id).email
    return reporter


def _is_drawn(reporter_id: int) -> bool:
    """Whether this is one of the few reports that navigators sort unaided: the same if it is asked again."""
    one_in = settings().hide_one_in
    return one_in > 0 and crc32(str(reporter_id).encode()) % one_in == 0


def _attach_pwp(actor: Actor, ticket: Ticket) -> None:
    """A practitioner who reports is the ticket's practitioner; what a patient says waits to be confirmed."""
    if actor.user_id is not None and Role.PWP in actor.roles.get(ticket.service_id, frozenset()):
        ticket.pwp_id, ticket.pwp_is_confirmed = actor.user_id, True
