"""Hand-overs that nobody has read: the clinicians again, then the deputy, then the manager."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from navigator.catalogue.contact import ContactKind
from navigator.catalogue.service import Service
from navigator.tickets.actions.clinical_review import next_alert_at, tell_clinicians, tell_contact
from navigator.tickets.ticket import HandOver

_AFTER = {1: None, 2: ContactKind.DEPUTY}
"""Whom to tell after so many alerts: None is the clinicians again; after more it is the manager."""


def unread(now: datetime) -> Select[Any]:
    """Hand-overs whose next alert is due."""
    is_due = (col(HandOver.acknowledged_at).is_(None), col(HandOver.next_alert_at) <= now)
    return select(HandOver.id).where(*is_due).order_by(col(HandOver.next_alert_at))


def alert_again(session: Session, _now: datetime, id: int) -> None:
    """Tell the next in line that a message is still unread, and set the time of the alert after."""
    handed = session.get_one(HandOver, id)
    if kind := _AFTER.get(handed.alerts, ContactKind.MANAGER):
        tell_contact(session, handed, "hand_over_unread", kind)
    else:
        tell_clinicians(session, handed, "hand_over_unread")
    handed.alerts += 1
    handed.next_alert_at = next_alert_at(session.get_one(Service, handed.service_id), handed.alerts)
