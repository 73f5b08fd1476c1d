"""Abandoned report drafts: deleted after an hour; the service decides what a draft with risk leads to."""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Select
from sqlmodel import Session, col, select

from navigator.catalogue.accepting_reports import services_taking_reports
from navigator.catalogue.service import DraftPolicy, Service
from navigator.errors import Refused
from navigator.fields import MAX_TEXT_LENGTH
from navigator.people.actor import ANONYMOUS, SYSTEM
from navigator.tickets.actions.clinical_review import open_reviews_of, request_review
from navigator.tickets.actions.staff import report
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.reports.drafts import DRAFT_LASTS, free_text_answers

NOT_SENT = "typed, and then not sent"

log = structlog.get_logger("desk.jobs")


def expired_drafts(now: datetime) -> Select[Any]:
    """Report drafts that nobody has changed for an hour."""
    return select(ReportDraft.token_hash).where(col(ReportDraft.updated_at) <= now - DRAFT_LASTS)


def delete_expired_draft(session: Session, _now: datetime, token_hash: str) -> None:
    """Delete a draft; one with words of risk is logged, and reviewed where the service's policy says so."""
    draft = session.get_one(ReportDraft, token_hash)
    if draft.is_of_concern:  # sending clears this
        _handle_risk(session, draft.answers)
    session.delete(draft)


def _handle_risk(session: Session, answers: dict[str, Any]) -> None:
    service = _service(session, answers.get("place", {}).get("service"))
    log.warning("words of risk were not sent", service=service and service.code)
    text = "\n".join(free_text_answers(answers))[:MAX_TEXT_LENGTH]
    if service is None or service.draft_policy != DraftPolicy.REQUEST_REVIEW or not text:
        return
    try:
        _request_review(session, _told(service, text, answers))
    except Refused:
        log.error("no clinical review could be opened for words of risk", service=service.code)


def _service(session: Session, code: str | None) -> Service | None:
    """The service that was chosen; before one was, the only one there is, or who reads for the unsure."""
    if code:
        return session.exec(select(Service).where(Service.code == code)).one_or_none()
    offers = services_taking_reports(session)
    return next((each.service for each in offers if len(offers) == 1 or each.service.takes_unsure), None)


def _contact(answers: dict[str, Any]) -> ContactInput:
    """What was answered of how to reach them, and nothing else."""
    reach = answers.get("reach", {}) | answers.get("safe", {})  # in drafts of earlier versions on two pages
    is_safe = {"yes": True, "no": False}.get(reach.pop("safe", "")) if reach.get("route") != "none" else None
    return ContactInput.from_stored(**reach, is_safe=is_safe)


def _told(service: Service, text: str, answers: dict[str, Any]) -> ReportInput:
    """By their support card a clinician sees how to reach them, too."""
    code = answers.get("card", {}).get("support_code", "")
    return ReportInput(service=service.code, text=text, contact=_contact(answers), support_code=code)


def _request_review(session: Session, told: ReportInput) -> None:
    ticket = report(session, ANONYMOUS, told, is_unsent=True).ticket
    review = next(iter(open_reviews_of(session, ticket.number)), None) or request_review(
        session, SYSTEM, ticket, []
    )
    review.reasons = [*review.reasons, NOT_SENT]
