"""Reports of the same person: of one card, or each followed by a link that was sent to one address.

A typed address proves nothing; that a link which was sent there was opened does. Both join work alone: nobody
reads more for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, select

from navigator.outbox.addresses import address_of
from navigator.outbox.outbox_message import Recipient
from navigator.people.card_codes import canonical
from navigator.people.private_links import address_hash
from navigator.people.reporter import Reporter, ReporterKind, ReporterLink, gave
from navigator.tickets.enums import Status
from navigator.tickets.ticket import Ticket


@dataclass(frozen=True)
class SamePerson:
    """The reports of one person to one service, the oldest first, and whether one card joins them all."""

    tickets: Sequence[Ticket]
    is_by_code: bool


def reports_of_person(session: Session, ticket: Ticket, since: datetime) -> SamePerson:
    """The reports since then of whoever reported a ticket, itself among them."""
    reporter = session.get_one(Reporter, ticket.reporter_id)
    code = canonical(reporter.support_code)
    by_card = _reports(session, ticket, since, gave("support_code", code)) if code else []
    by_address = _by_proven_address(session, ticket, since, reporter)
    tickets = {each.number: each for each in (*by_card, *by_address, ticket)}
    is_by_code = tickets.keys() == {each.number for each in by_card}
    return SamePerson([tickets[number] for number in sorted(tickets)], is_by_code)


def _by_proven_address(
    session: Session, ticket: Ticket, since: datetime, reporter: Reporter
) -> Sequence[Ticket]:
    """Those whose reporters gave the same address, and opened a link that was sent to it: this one too."""
    address = address_of(session, Recipient.REPORTER, reporter.id)
    if address is None or not (reporter.email or reporter.phone):
        return []
    link = ReporterLink
    opened = exists().where(
        col(link.ticket_number) == col(Ticket.number),
        col(link.sent_to_hash) == address_hash(address.to),
        col(link.opened_at).is_not(None),
    )
    column = "email" if address.to == reporter.email else "phone"
    value = reporter.email.lower() if column == "email" else reporter.phone
    proven = _reports(session, ticket, since, gave(column, value), opened)
    return proven if ticket.number in {each.number for each in proven} else []


def _reports(
    session: Session, ticket: Ticket, since: datetime, *conditions: ColumnElement[bool]
) -> Sequence[Ticket]:
    query = select(Ticket).join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    return session.exec(query.where(*_is_counted(ticket.service_id, since), *conditions)).all()


def _is_counted(service_id: int, since: datetime) -> tuple[Any, ...]:
    """What was merged is counted where it went; what a practitioner tells of their own is no patient’s."""
    return (
        col(Ticket.service_id) == service_id,
        col(Ticket.reported_at) > since,
        col(Ticket.status) != Status.MERGED,
        col(Ticket.reporter_kind) == ReporterKind.PATIENT,
    )
