"""Opening a ticket from a report: screened, classified, triaged, and its rows made."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from sqlmodel import Session

from navigator import database
from navigator.catalogue.accepting_reports import require_complete
from navigator.catalogue.catalogue import Category
from navigator.catalogue.fixability import cues_in_answers
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, Reporter, ReporterKind
from navigator.people.user import Role, User
from navigator.settings import settings
from navigator.tickets.assignment.choose import Requirements
from navigator.tickets.lifecycle import add_ticket
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Channel, Ticket
from navigator.tickets.triage import (
    NEVER,
    apply_triage,
    category_by_id,
    needs_clinical_review,
    recompute_deadlines,
    set_divert_contact,
    usual_impact,
)
from navigator.triage.cues import cues_in_text
from navigator.triage.language import unchecked_language
from navigator.triage.safety_screen import ScreeningResult, screen
from navigator.triage.suggest import Suggestion, suggest


@dataclass(frozen=True)
class AnalysedReport:
    """What the safety screen and the classifier say of a report, before any transaction begins."""

    screening: ScreeningResult
    suggestion: Suggestion
    category: Category | None
    cues: tuple[str, ...]
    answers: dict[str, str]
    is_unchecked: bool


def analyse(
    report: ReportInput, screening: ScreeningResult | None = None, problems: Sequence[str] = ()
) -> AnalysedReport:
    """Screen, suggest and find the cues: the reporter's own choice comes before our suggestion.

    `screening` is what the safety screen says, where not all of it is a reporter's words; `problems` are
    the categories of the two that the text tells.
    """
    suggestion = suggest(report.text, report.reporter, report.service, problems)
    category = category_by_id(report.category) or _suggested(report, suggestion)
    cues = set(cues_in_text(report.text)) | (
        set(cues_in_answers(category, report.answers)) if category else set()
    )
    return AnalysedReport(
        screening or screen(*report.free_texts),
        suggestion,
        category,
        tuple(sorted(cues)),
        _known_answers(category, report),
        bool(unchecked_language(report.contact.needs)),
    )


def _suggested(report: ReportInput, suggestion: Suggestion) -> Category | None:
    """The category that is suggested for sure, unless its reporter was asked and said that it is not that."""
    category = category_by_id(None if suggestion.abstained else suggestion.category)
    was_asked = category is not None and category.is_for("patient")  # what is for staff, nobody was asked of
    return None if report.is_none_suggested and was_asked else category


def _known_answers(category: Category | None, report: ReportInput) -> dict[str, str]:
    """The answers that could be chosen: nothing else, which no screen would see, is stored."""
    questions = {question.id: question for question in category.questions} if category else {}
    return {
        id: value for id, value in report.answers.items() if id in questions and questions[id].option(value)
    }


@dataclass(frozen=True)
class NewTicket:
    """A ticket that was just opened, and the rows that its processing asks for: none is read twice."""

    ticket: Ticket
    reporter: Reporter
    service: Service
    programme: Programme | None
    analysis: AnalysedReport

    @property
    def requirements(self) -> Requirements:
        """What a navigator must be able to do to take it."""
        return self.programme.code if self.programme else None, self.reporter.language or None


def service_and_programme(session: Session, report: ReportInput) -> tuple[Service, Programme | None]:
    """The service and programme that a report is for; refused where reports could not be answered safely."""
    service = service_by_code(session, report.service)
    require_complete(session, service)
    return service, programme_by_code(session, service, report.programme)


def open_ticket(
    session: Session,
    actor: Actor,
    report: ReportInput,
    channel: Channel,
    analysis: AnalysedReport,
    is_unsent: bool = False,
) -> NewTicket:
    """The rows of a new ticket, triaged and with its SLA deadlines."""
    service, programme = service_and_programme(session, report)
    reporter = _reporter(session, actor, report, is_unsent)
    database.add(session, reporter)
    ticket = _ticket(service, programme, reporter, report, channel, analysis)
    _attach_pwp(actor, ticket)
    category = category_by_id(ticket.category)
    apply_triage(session, ticket, category)
    if report.category:
        set_divert_contact(session, ticket, category)
    recompute_deadlines(ticket, service)
    add_ticket(session, ticket)
    return NewTicket(ticket, reporter, service, programme, analysis)


def _ticket(
    service: Service,
    programme: Programme | None,
    reporter: Reporter,
    report: ReportInput,
    channel: Channel,
    analysis: AnalysedReport,
) -> Ticket:
    """The row of a new ticket as it is reported, in its category."""
    is_hidden = _is_sampled(reporter.id) and not needs_clinical_review(analysis.suggestion.category)
    category = category_by_id(report.category) if is_hidden else analysis.category
    return Ticket(
        service_id=service.id,
        programme_id=programme.id if programme else None,
        reporter_id=reporter.id,
        reporter_user_id=reporter.user_id,
        channel=channel,
        category=category.id if category else None,
        reported_category=report.category,
        suggested_category=analysis.suggestion.category,
        suggested_confidence=analysis.suggestion.confidence,
        suggested_why=list(analysis.suggestion.why),
        category_probabilities={
            candidate.category: candidate.confidence for candidate in analysis.suggestion.candidates
        },
        suggestion_is_hidden=is_hidden,
        answers=analysis.answers,
        cues=list(analysis.cues),
        impact=usual_impact(category),
        due_at=NEVER,
        **report.columns_of(Ticket),
    )


def _reporter(session: Session, actor: Actor, report: ReportInput, is_unsent: bool) -> Reporter:
    reporter = Reporter(kind=report.reporter, is_unsent=is_unsent, **report.columns_of(Reporter))
    if report.reporter is ReporterKind.PWP and actor.user_id is not None:
        reporter.user_id = actor.user_id
        reporter.contact_method, reporter.email = (
            ContactMethod.EMAIL,
            session.get_one(User, actor.user_id).email,
        )
    return reporter


def _is_sampled(reporter_id: int) -> bool:
    """Whether this is one of the few reports that navigators triage unaided; it does not change."""
    one_in = settings().hide_one_in
    return one_in > 0 and crc32(str(reporter_id).encode()) % one_in == 0


def _attach_pwp(actor: Actor, ticket: Ticket) -> None:
    """A practitioner who reports is the ticket's practitioner; what a patient says waits to be confirmed."""
    if actor.user_id is not None and Role.PWP in actor.roles.get(ticket.service_id, frozenset()):
        ticket.pwp_id, ticket.practitioner_is_confirmed = actor.user_id, True
