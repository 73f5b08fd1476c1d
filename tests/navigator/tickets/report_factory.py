"""Reports as the tests tell them."""

from typing import Any

from sqlmodel import Session

from navigator.people.actor import ANONYMOUS, Actor
from navigator.problems.linking import link, words_to_confirm
from navigator.tickets.actions import staff
from navigator.tickets.enums import ReviewResult
from navigator.tickets.inputs import LinkInput
from navigator.tickets.outcome_input import OutcomeInput
from navigator.tickets.report_input import ReportInput
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


def link_and_tell(session: Session, actor: Actor, ticket: Ticket, problem_id: int) -> Ticket:
    """Link a ticket to a problem, with the words that were shown first."""
    words = words_to_confirm(session, ticket, problem_id)
    return link(session, actor, ticket.number, LinkInput(problem_id=problem_id, tell=bool(words), body=words))


def outcome(words: str) -> OutcomeInput:
    """What a clinician writes who has reached somebody."""
    return OutcomeInput(outcome=words, done=ReviewResult.CONTACTED)
