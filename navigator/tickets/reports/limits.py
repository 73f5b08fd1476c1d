"""Letting anonymous reports in: not too many from one address, nor about one recipient."""

from datetime import timedelta

from sqlmodel import Session

from navigator.errors import TooMany
from navigator.people.rate_limit import Limit, hit
from navigator.tickets.inputs import ReportInput

PER_ADDRESS = Limit(30, timedelta(hours=1))
PER_RECIPIENT = Limit(5, timedelta(hours=24))


def check_rate_limits(session: Session, address: str | None, told: ReportInput) -> None:
    """Refuse what a person would not send: a flood from one address, or mail aimed at one recipient.

    No address is asked of a caller whom the desk knows.
    """
    recipient = told.contact.email.casefold() or told.contact.phone
    if address is not None and not hit(session, "report", address, PER_ADDRESS):
        raise TooMany("There were too many reports from your connection. Try again in an hour.")
    if recipient and not hit(session, "report to", recipient, PER_RECIPIENT):
        raise TooMany("There were many reports with this address today. Use the link in our last message.")
