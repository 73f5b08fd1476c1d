"""Retention periods: the classes of record, and how long a service keeps each, who decided that, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlmodel import Field, Session, select

from navigator.database import Table


@dataclass(frozen=True)
class RecordClass:
    """A class of record whose period a service sets: what it is, from when its days count, what then happens.

    `days` is what the desk did before anybody decided; None keeps it until the service decides.
    """

    title: str
    counts_from: str
    then: str
    days: int | None = None


RECORD_CLASSES: Mapping[str, RecordClass] = MappingProxyType(
    {
        "ticket": RecordClass(
            "Tickets that no clinician was asked to read",
            "the day on which it was closed",
            "Words, files, contact details and what the model learned of it go. A row without words stays, "
            "so that counts stay.",
        ),
        "review": RecordClass(
            "Tickets that a clinician was asked to read",
            "the day on which it was closed and its last review ended",
            "As for other tickets, and the words of the review go, too.",
        ),
        "attachment": RecordClass(
            "Pictures and PDFs", "the day on which the ticket was closed", "They are deleted."
        ),
        "call": RecordClass(
            "Phone log",
            "the day on which the ticket was closed",
            "What was written down of a call goes. That there was one stays, so that counts stay.",
        ),
        "mail_in": RecordClass(
            "Mail that came in: as it came, and whom it was from",
            "the day on which it came, once it is on a ticket or set aside",
            "The original is deleted, and whom it was from and its subject go. Its words stay on its ticket. "
            "What waits to be sorted stays; what a machine sent goes after 30 days.",
            90,
        ),
        "mail": RecordClass(
            "Outgoing email and texts: to whom and of which ticket, never the words",
            "the day on which it was sent, or given up",
            "They are deleted.",
            90,
        ),
        "draft": RecordClass(
            "Replies that staff began and did not send", "the last word of it", "They are deleted.", 14
        ),
    }
)
"""By code, in the order in which they are shown."""


class RetentionPeriod(Table, table=True):
    """The days for which a service keeps a class of record; None where it keeps it until it decides."""

    __tablename__ = "retentionperiod"

    service_id: int = Field(foreign_key="service.id", primary_key=True)
    record_class: str = Field(primary_key=True)
    days: int | None = None
    reason: str = ""
    owner: str = ""
    review_on: date | None = None


def periods_of(session: Session, service_id: int) -> Mapping[str, RetentionPeriod]:
    """What a service has decided, by class."""
    rows = session.exec(select(RetentionPeriod).where(RetentionPeriod.service_id == service_id))
    return {row.record_class: row for row in rows}


def all_periods(session: Session) -> Mapping[int, Mapping[str, RetentionPeriod]]:
    """What every service has decided, by service and class."""
    decided: dict[int, dict[str, RetentionPeriod]] = {}
    for row in session.exec(select(RetentionPeriod)):
        decided.setdefault(row.service_id, {})[row.record_class] = row
    return decided


def days_of(periods: Mapping[str, RetentionPeriod], record_class: str) -> int | None:
    """The days for which a class is kept: as the service decided, else as the desk always did."""
    decided = periods.get(record_class)
    return decided.days if decided else RECORD_CLASSES[record_class].days
