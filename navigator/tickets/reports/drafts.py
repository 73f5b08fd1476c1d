"""Autosaved report drafts without an account: kept for an hour, screened at each step, cleared when sent."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.catalogue.reference_data import TOKEN, note_token
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.tokens import hashed, mint
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import add_message
from navigator.tickets.actions.staff import report
from navigator.tickets.attached_files import draft_files, send_of_draft
from navigator.tickets.device_check import Finding, from_json, to_json
from navigator.tickets.report_draft import Deflection, ReportDraft
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Author, Message, Ticket
from navigator.triage.safety_screen import screen

DRAFT_LASTS = timedelta(hours=1)
CONFIRMATION_LASTS = timedelta(minutes=15)
"""For so long the browser that sent a report is shown its link again: a phone reloads a page by itself."""
FREE_TEXT_FIELDS = frozenset(ReportInput.free_text_fields())
"""The free-text fields: a screen that learned from sentences would hear things in the codes of lists."""

CHECK = "check_of_phone"
"""Where the answers of a draft hold what a check of the phone found."""


def start_draft(session: Session) -> tuple[ReportDraft, str]:
    """Start a draft; its token belongs in the reporter's cookie alone."""
    token = mint()
    draft = ReportDraft(token_hash=hashed(token))
    session.add(draft)
    return draft, token


def draft_of(session: Session, token: str | None, lock: bool = False) -> ReportDraft | None:
    """The draft of a token, unless it is over an hour old."""
    if not token:
        return None
    known = {"token_hash": hashed(token), "since": clock.now() - DRAFT_LASTS}
    found = session.exec(_LOCKED if lock else _BY_TOKEN, params=known).one_or_none()
    if found is None:
        return None
    draft, version = found
    note_token(session, version)
    return draft


_BY_TOKEN = select(ReportDraft, TOKEN).where(
    col(ReportDraft.token_hash) == bindparam("token_hash"), col(ReportDraft.updated_at) > bindparam("since")
)
_LOCKED = _BY_TOKEN.with_for_update(of=ReportDraft)


def save_answers(draft: ReportDraft, answers: dict[str, Any]) -> bool:
    """Autosave the answers so far; True when the safety screen finds what a person must read."""
    draft.answers = answers
    draft.updated_at = clock.now()
    is_hit = screen(*free_text_answers(answers)).hit
    draft.is_of_concern = draft.is_of_concern or is_hit
    return is_hit


def free_text_answers(answers: dict[str, Any]) -> Iterator[str]:
    """The free text in the answers of every step."""
    for step_answers in answers.values():
        yield from (value for field, value in step_answers.items() if field in FREE_TEXT_FIELDS and value)


def send_draft(session: Session, draft: ReportDraft, report_input: ReportInput) -> Ticket:
    """Send a draft as a report; what was typed is kept in the ticket alone."""
    findings = _findings(draft, report_input.programme)
    ticket = report(session, ANONYMOUS, report_input, findings=findings).ticket
    if draft_files(session, draft):
        send_of_draft(session, draft, _message_of_report(session, ticket))
    draft.sent_number = ticket.number
    draft.answers, draft.is_of_concern, draft.updated_at = {}, False, clock.now()
    return ticket


def _message_of_report(session: Session, ticket: Ticket) -> Message:
    """The words of a report; one without any has a message for what else was sent."""
    is_report = (Message.ticket_number == ticket.number, Message.action == Action.REPORT)
    found = session.exec(select(Message).where(*is_report).order_by(col(Message.id))).first()
    return found or add_message(session, ANONYMOUS, ticket, Action.REPORT, "", Author.REPORTER)


def touch(draft: ReportDraft) -> None:
    """Let the hour begin again for which a draft is kept."""
    draft.updated_at = clock.now()


def keep_check(draft: ReportDraft, programme: str, findings: Sequence[Finding]) -> None:
    """Keep what a check of the phone found, to be sent with the report: it is of one programme."""
    check = {"checked_for": programme, "findings": to_json(findings)}
    draft.answers, draft.updated_at = {**draft.answers, CHECK: check}, clock.now()


def drop_check(draft: ReportDraft) -> None:
    """Keep what a check found no longer."""
    draft.answers = {name: answer for name, answer in draft.answers.items() if name != CHECK}


def _findings(draft: ReportDraft, programme: str | None) -> list[Finding]:
    """What a check found of this programme, and of no other."""
    check = draft.answers.get(CHECK)
    return from_json(check["findings"]) if check and check["checked_for"] == programme else []


def is_confirmed(draft: ReportDraft) -> bool:
    """Whether a draft was sent so lately that its confirmation is still shown."""
    return draft.sent_number is not None and draft.updated_at > clock.now() - CONFIRMATION_LASTS


def mint_private_link(session: Session, draft: ReportDraft) -> str:
    """A private link's token for the ticket that a draft became."""
    return private_links.mint(session, draft.sent_number or 0)


def record_deflection(
    session: Session, draft: ReportDraft, service: str, programme: str, category: str
) -> None:
    """Count a deflection (the usual fix helped) and delete the draft: there is no ticket."""
    in_service = service_by_code(session, service)
    of_programme = programme_by_code(session, in_service, programme)
    session.add(
        Deflection(
            service_id=in_service.id,
            programme_id=of_programme.id if of_programme else None,
            category=category,
        )
    )
    session.delete(draft)


def abandon_draft(session: Session, draft: ReportDraft) -> None:
    """Leave a draft behind, for another one; words of risk are dealt with as if nobody had come back."""
    if not draft.is_of_concern:
        session.delete(draft)


def delete_draft(session: Session, draft: ReportDraft) -> None:
    """Delete what was typed, at the reporter's wish."""
    session.delete(draft)
