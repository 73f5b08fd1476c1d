"""Drafts that nobody sent: dropped after an hour; what words of risk lead to is a service's decision."""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Select
from sqlmodel import Session, col, select

from navigator.catalogue.service import DraftPolicy, Service
from navigator.errors import Refused
from navigator.fields import MAX_TEXT_LENGTH
from navigator.people.actor import ANONYMOUS, SYSTEM
from navigator.people.reporter import ContactMethod
from navigator.tickets.actions.clinical_review import open_reviews_of, request_review
from navigator.tickets.actions.staff import report
from navigator.tickets.inputs import ContactInput, ReportInput
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.reports.drafts import DRAFT_LASTS, free_text_answers

NOT_SENT = "typed, and then not sent"

log = structlog.get_logger("desk.jobs")


def expired_drafts(now: datetime) -> Select[Any]:
    """Drafts that nobody has touched for an hour."""
    return select(ReportDraft.token_hash).where(col(ReportDraft.updated_at) <= now - DRAFT_LASTS)


def delete_draft(session: Session, _now: datetime, token_hash: str) -> None:
    """Forget a draft; one with words of risk is counted, and handed over where the service wants that."""
    draft = session.get_one(ReportDraft, token_hash)
    if draft.is_of_concern:  # sending clears this
        _see_to(session, draft.answers)
    session.delete(draft)


def _see_to(session: Session, answers: dict[str, Any]) -> None:
    code = answers.get("place", {}).get("service")
    service = session.exec(select(Service).where(Service.code == code)).one_or_none()
    log.warning("words of risk were not sent", service=service and service.code)
    words = "\n".join(free_text_answers(answers))[:MAX_TEXT_LENGTH]
    if service is None or service.draft_policy != DraftPolicy.HAND_OVER or not words:
        return
    try:
        _hand_over(session, service, words, answers.get("reach", {}))
    except Refused:
        log.error("words of risk could not be handed over", service=service.code)


def _hand_over(session: Session, service: Service, words: str, reach: dict[str, Any]) -> None:
    # Nobody said that it is safe to write: who did not send anything must not get an answer.
    contact = ContactInput(**{"route": ContactMethod.NONE, **reach}, is_safe=False)
    ticket = report(session, ANONYMOUS, ReportInput(service=service.code, text=words, contact=contact)).ticket
    handed = next(iter(open_reviews_of(session, ticket.number)), None) or request_review(
        session, SYSTEM, ticket, []
    )
    handed.reasons = [*handed.reasons, NOT_SENT]
