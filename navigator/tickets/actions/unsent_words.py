"""Words of risk that a reporter sent when their private link had ended: not sent, and yet read if need be."""

import structlog
from sqlmodel import Session

from navigator.catalogue.service import DraftPolicy, Service
from navigator.people.actor import SYSTEM
from navigator.tickets.actions.clinical_review import open_reviews_of, request_review
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import follow_merges
from navigator.triage.safety_screen import ScreeningResult

NOT_SENT = "typed after the private link had ended, and not sent; perhaps not by the reporter"

log = structlog.get_logger("desk.tickets")


def review_unsent_words(session: Session, number: int, screening: ScreeningResult) -> bool:
    """Whether a clinician is told of words of risk that were not sent: as the service decides for drafts.

    They may be somebody else's, so they become no message; the review quotes what was noticed.
    """
    ticket = session.get(Ticket, follow_merges(session, number))
    if not screening.hit or ticket is None:
        return False
    service = session.get_one(Service, ticket.service_id)
    log.warning("words of risk were not sent", service=service.code)
    if service.draft_policy != DraftPolicy.REQUEST_REVIEW:
        return False
    asked = [*screening.why, NOT_SENT]
    open_reviews = open_reviews_of(session, ticket.number)
    if not any(review.reasons == asked and review.acknowledged_at is None for review in open_reviews):
        request_review(session, SYSTEM, ticket, asked)
    return True
