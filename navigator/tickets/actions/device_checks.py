"""Action of the reporter: to send what a check of their phone found, by their private link."""

from collections.abc import Sequence

from sqlmodel import Session

from navigator.people.actor import Actor
from navigator.tickets.actions.reporter import answer
from navigator.tickets.device_check import Finding, attach_check
from navigator.tickets.inputs import SayInput
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import follow_merges


def send_check(session: Session, actor: Actor, number: int, findings: Sequence[Finding]) -> Ticket:
    """The reporter sends what a check found: an answer, which says it in words."""
    lines = "\n".join(f"- {finding.in_words}" for finding in findings)
    ticket = answer(session, actor, number, SayInput(body=f"I checked my phone or computer:\n{lines}"))
    attach_check(session, follow_merges(session, number), findings)
    return ticket
