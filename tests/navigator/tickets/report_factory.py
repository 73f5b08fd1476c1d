"""Reports as the tests tell them."""

from typing import Any

from sqlmodel import Session

from navigator.people.actor import ANONYMOUS, Actor
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ReportInput
from navigator.tickets.ticket import Ticket


def tell(session: Session, actor: Actor = ANONYMOUS, **told: Any) -> Ticket:
    """A report to North about Fern: a forgotten password, unless told otherwise."""
    usual = {
        "service": "north",
        "programme": "fern",
        "category": "access.forgotten_password",
        "text": "I forgot my password",
        "contact": {"route": "email", "email": "pat@example.org"},
    }
    report = ReportInput.model_validate(usual | told)
    ticket = staff.report(session, actor, report).ticket
    session.flush()
    return ticket
