"""Action of the reporter: to send what a check of their phone found, by their private link."""

from collections.abc import Sequence

from sqlmodel import Session

from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.tickets.actions.reporter import answer
from navigator.tickets.device_check import Finding, attach_check
from navigator.tickets.inputs import SayInput
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import follow_merges

SAID = SayInput(body="I checked my phone or computer, and sent what was found.")
"""What stands in the conversation. What was found are no words of a person: the screen does not read them."""


def send_check(session: Session, actor: Actor, number: int, findings: Sequence[Finding]) -> Ticket:
    """The reporter sends what a check found: it is an answer."""
    ticket = answer(session, actor, number, SAID)
    reporter = session.get_one(Reporter, session.get_one(Ticket, number).reporter_id)
    attach_check(session, follow_merges(session, number), findings, number, reporter)
    return ticket
