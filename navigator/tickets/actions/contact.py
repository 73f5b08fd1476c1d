"""Changing how a reporter is reached, and ending private links: by the reporter's link or by a navigator."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from navigator.errors import Conflict
from navigator.outbox.addresses import LOST_LINK, address_of
from navigator.outbox.cancel import cancel_waiting
from navigator.outbox.outbox_message import Recipient
from navigator.people import private_links
from navigator.people.access_needs import without_no_calls
from navigator.people.actor import SYSTEM, Actor
from navigator.people.rate_limit import Limit, hit
from navigator.people.reporter import ContactMethod, LinkChannel, Reporter, ReporterKind
from navigator.people.support_card import SupportCard
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import notify_reporter
from navigator.tickets.booked_call import last_call_booked_on
from navigator.tickets.contact_inputs import ChangeContactInput, EndLinksInput
from navigator.tickets.detail import ticket_detail
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find, joined_tickets, lock_tickets

CONTACT_LETTERS = Limit(5, timedelta(hours=24))
"""Of one report, to so many new addresses a day: whoever has its link can give anybody’s."""
_REACHED_BY = ("contact_method", "email", "phone", "other_is_safe")
_NOT_TOLD = frozenset({"is_unsent"})
"""What the audit event does not name: it is no way to reach anybody."""


def change_contact(session: Session, actor: Actor, number: int, contact: ChangeContactInput) -> Ticket:
    """Change how a reporter is reached: what waits for the old address is not sent, and its links end."""
    values = contact.columns() | {"is_unsent": False}
    ticket = _reach_otherwise(session, actor, number, values, contact.version)
    is_of_staff = actor.ticket_number is None
    if is_of_staff or hit(session, "contact of", str(ticket.number), CONTACT_LETTERS):
        notify_reporter(session, ticket, "contact_changed")
    return ticket


def stop_contact(session: Session, actor: Actor, number: int) -> Ticket:
    """It is not safe any more: nothing goes out by any route, what waits is not sent, sent links end."""
    return _reach_otherwise(session, actor, number, {"is_safe_to_contact": False}, None)


def _reach_otherwise(
    session: Session, actor: Actor, number: int, values: Mapping[str, Any], version: int | None
) -> Ticket:
    numbers = actor.reads or {find(session, actor, number).number}
    lock_tickets(session, SYSTEM, numbers)  # before their card, as everybody does
    changed, reporters = set[str](), _reporters_of(session, numbers)
    if values["is_safe_to_contact"] is False:
        _stop_cards(session, numbers, reporters)
    if values.get("contact_method") == ContactMethod.PHONE:
        _call_by_new_number(session, numbers, {each.phone for each in reporters}, values["phone"])
    for reporter in reporters:
        if any(values.get(name, getattr(reporter, name)) != getattr(reporter, name) for name in _REACHED_BY):
            reporter.not_arriving_since_at = None  # that was found of the old way
            reporter.other_way_since_at = None
        if "contact_method" in values:
            reporter.texts_stopped_at = None  # whoever says how to reach them knows better
        if values.get("phone", reporter.phone) != reporter.phone:
            reporter.voicemail_is_safe = None  # that was said of the old number
        if values.get("contact_method") == ContactMethod.PHONE and reporter.is_not_phoned:
            reporter.access_needs = without_no_calls(reporter.access_needs)
        for name, value in values.items():
            changed |= {name} if getattr(reporter, name) != value else set()
            setattr(reporter, name, value)
        cancel_waiting(session, Recipient.REPORTER, reporter.id)
    ticket = act(session, actor, Action.CONTACT, number, version, changed=sorted(changed - _NOT_TOLD))
    session.flush()
    address = address_of(session, Recipient.REPORTER, ticket.reporter_id, LOST_LINK)
    sent_to_hash = private_links.address_hash(address.to) if address else ""
    private_links.revoke_sent_elsewhere(session, numbers, sent_to_hash)
    return ticket


def _call_by_new_number(session: Session, numbers: Collection[int], old: Collection[str], new: str) -> None:
    """Let a call that was booked by the old number be by the new one; one given for the call alone stays."""
    call = last_call_booked_on(session, numbers)
    if call and call.is_live and call.phone in old and call.phone != new:
        call.phone, call.voicemail_is_safe = new, False  # that was said of the old number


def _stop_cards(session: Session, numbers: Iterable[int], reporters: Iterable[Reporter]) -> None:
    """Nor does anything go to the contact on their support card, until its maker looks again."""
    codes = {each.support_code for each in reporters if each.kind == ReporterKind.PATIENT} - {""}
    of_tickets = select(Ticket.service_id).where(col(Ticket.number).in_(sorted(numbers)))
    of_theirs = (col(SupportCard.code).in_(sorted(codes)), col(SupportCard.service_id).in_(of_tickets))
    query = select(SupportCard).where(*of_theirs).order_by(col(SupportCard.id)).with_for_update()
    for card in session.exec(query).all() if codes else ():
        card.is_safe_to_contact = False
        cancel_waiting(session, Recipient.CARD, card.id)


def _reporters_of(session: Session, numbers: Iterable[int]) -> list[Reporter]:
    reporter_ids = select(Ticket.reporter_id).where(col(Ticket.number).in_(sorted(numbers)))
    return list(session.exec(select(Reporter).where(col(Reporter.id).in_(reporter_ids))).all())


def new_link(session: Session, actor: Actor) -> str:
    """The token of a private link for a reporter whose own may have ended by what they just changed."""
    return private_links.mint(session, actor.own_ticket)


def give_link(session: Session, actor: Actor, number: int) -> str:
    """The token of a new private link that staff pass on to the patient for whom the desk was told.

    Only where nothing else reaches that patient; who made it and when is recorded, and that it was made so.
    """
    act(session, actor, Action.GIVE_LINK, number)
    if not ticket_detail(session, actor, number).waits_for_link:
        raise Conflict("The private link goes to the patient alone.")
    return private_links.mint(session, number, LinkChannel.STAFF)


def end_links(session: Session, actor: Actor, number: int, seen: EndLinksInput) -> Ticket:
    """End all private links to a ticket, and to those merged with it if its reader or a navigator asks."""
    ticket = act(session, actor, Action.END_LINKS, number, seen.version)
    is_shared = actor.ticket_number is None
    numbers = joined_tickets(session, ticket.number) if is_shared else actor.reads or {ticket.number}
    for each in numbers:
        private_links.revoke_all(session, each)
    return ticket
