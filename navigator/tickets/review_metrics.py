"""What a clinical review counts as: read late, not read yet, or asked for by a person and noticed by none."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import col

from navigator.people.actor import SYSTEM
from navigator.tickets.ticket import Author, ClinicalReview, Message

UNREAD = col(ClinicalReview.acknowledged_at).is_(None)
LATE = or_(
    col(ClinicalReview.acknowledged_at) > col(ClinicalReview.acknowledge_by_at),
    and_(
        col(ClinicalReview.acknowledge_by_at).is_(None), ~UNREAD
    ),  # without a time to keep, nobody can say that it was
)
BY_A_PERSON = col(ClinicalReview.requested_by) != SYSTEM.name


def is_unnoticed(number: Any) -> ColumnElement[bool]:
    """That the reporter of a ticket wrote something, and the safety screen noticed nothing in it."""
    noticed = aliased(ClinicalReview)
    is_written = (col(Message.author) == Author.REPORTER, col(Message.body) != "")
    return and_(
        exists().where(col(Message.ticket_number) == number, *is_written),
        ~exists().where(col(noticed.ticket_number) == number, col(noticed.requested_by) == SYSTEM.name),
    )
