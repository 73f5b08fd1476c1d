"""Escalation of unread clinical reviews: the clinicians again, then the deputy, then the manager."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from navigator.catalogue.service import Service
from navigator.tickets.actions.clinical_review import (
    alerted_next,
    next_alert_at,
    next_working_morning,
    notify_clinicians,
    notify_contact,
)
from navigator.tickets.ticket import ClinicalReview


def unacknowledged_reviews(now: datetime) -> Select[Any]:
    """Unacknowledged clinical reviews whose next alert is due."""
    is_due = (col(ClinicalReview.acknowledged_at).is_(None), col(ClinicalReview.next_alert_at) <= now)
    query = select(ClinicalReview.id).where(*is_due)
    return query.order_by(col(ClinicalReview.next_alert_at), col(ClinicalReview.id))


def send_next_alert(session: Session, _now: datetime, id: int) -> None:
    """Alert the next in the escalation, and set the time of the alert after."""
    review = session.get_one(ClinicalReview, id)
    if kind := alerted_next(review):
        notify_contact(session, review, "clinical_review_unread", kind)
    else:
        notify_clinicians(session, review, "clinical_review_unread")
    review.alerts += 1
    review.next_alert_at = next_alert_at(session.get_one(Service, review.service_id), review.alerts)


def alerts_to_come(now: datetime) -> Select[Any]:
    """Unacknowledged clinical reviews whose next alert is to come."""
    is_to_come = (col(ClinicalReview.acknowledged_at).is_(None), col(ClinicalReview.next_alert_at) > now)
    return select(ClinicalReview.id).where(*is_to_come)


def bring_forward(session: Session, now: datetime, id: int) -> bool:
    """Set the next alert to what it is from now, if a clock that stood ahead has put it off beyond that."""
    review = session.get_one(ClinicalReview, id)
    service = session.get_one(Service, review.service_id)
    latest = next_alert_at(service, review.alerts)
    if latest and review.no_concern_at:
        latest = max(latest, next_working_morning(service, now))
    if latest is None or review.next_alert_at is None or review.next_alert_at <= latest:
        return False
    review.next_alert_at = latest
    return True
