"""Hand-overs that nobody has read: the clinicians again, then the deputy, then the manager."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from navigator.catalogue.contact import ContactKind
from navigator.catalogue.service import Service
from navigator.tickets.actions.clinical_review import next_alert_at, notify_clinicians, notify_contact
from navigator.tickets.ticket import ClinicalReview

_AFTER = {1: None, 2: ContactKind.DEPUTY}
"""Whom to tell after so many alerts: None is the clinicians again; after more it is the manager."""


def unread_reviews(now: datetime) -> Select[Any]:
    """Hand-overs whose next alert is due."""
    is_due = (col(ClinicalReview.acknowledged_at).is_(None), col(ClinicalReview.next_alert_at) <= now)
    return select(ClinicalReview.id).where(*is_due).order_by(col(ClinicalReview.next_alert_at))


def alert_again(session: Session, _now: datetime, id: int) -> None:
    """Tell the next in line that a message is still unread, and set the time of the alert after."""
    handed = session.get_one(ClinicalReview, id)
    if kind := _AFTER.get(handed.alerts, ContactKind.MANAGER):
        notify_contact(session, handed, "hand_over_unread", kind)
    else:
        notify_clinicians(session, handed, "hand_over_unread")
    handed.alerts += 1
    handed.next_alert_at = next_alert_at(session.get_one(Service, handed.service_id), handed.alerts)
