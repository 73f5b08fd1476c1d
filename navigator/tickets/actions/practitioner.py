"""Writing to the practitioner of a ticket, and of a limit of the treatment to the clinical lead."""

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.catalogue import Fixability
from navigator.catalogue.contact import ContactKind
from navigator.catalogue.lookups import contact_of
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.tickets.ticket import Ticket
from navigator.tickets.triage import concerns_practitioner


def tell_practitioner(session: Session, ticket: Ticket) -> None:
    """Write, once each, to those who are to know of a ticket; its reporter reads whether that was done."""
    if ticket.fixability == Fixability.PROTOCOL and ticket.lead_told_at is None:
        _tell_clinical_lead(session, ticket)
    if ticket.practitioner_told_at is None and concerns_practitioner(ticket):
        _tell_confirmed_practitioner(session, ticket)


def _tell_clinical_lead(session: Session, ticket: Ticket) -> None:
    lead = contact_of(session, ticket.service_id, ContactKind.CLINICAL_LEAD)
    if lead and enqueue(session, "limit", Recipient.CONTACT, lead.id, ticket_number=ticket.number):
        ticket.lead_told_at = clock.now()


def _tell_confirmed_practitioner(session: Session, ticket: Ticket) -> None:
    """Whoever reported it themselves knows of it already."""
    if ticket.pwp_id is None or not ticket.practitioner_is_confirmed:
        return
    if ticket.pwp_id != ticket.reporter_user_id and enqueue(
        session, "for_practitioner", Recipient.USER, ticket.pwp_id, ticket_number=ticket.number
    ):
        ticket.practitioner_told_at = clock.now()
