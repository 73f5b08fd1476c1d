"""Hand-overs: what a clinician must read; only a clinician's outcome in words ends one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.catalogue.contact import ContactKind
from navigator.catalogue.lookups import calendar_of, contact_of
from navigator.catalogue.service import Service
from navigator.errors import Conflict, NotFound
from navigator.outbox.enqueue import queue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User
from navigator.tickets.detail import Dossier, dossier
from navigator.tickets.inputs import HandOverInput
from navigator.tickets.lifecycle import act
from navigator.tickets.metrics import FIGURES, Days
from navigator.tickets.ticket import Action, HandOver, Ticket
from navigator.tickets.visibility import find, visible_to


def hand_over(
    session: Session, actor: Actor, ticket: Ticket, why: Sequence[str], message_id: int | None = None
) -> HandOver:
    """Open a hand-over and tell the clinicians, without a word of what was said."""
    service = session.get_one(Service, ticket.service_id)
    act(session, actor, Action.HAND_OVER, ticket.number)
    ticket.handed_over_at = ticket.handed_over_at or clock.now()
    ticket.hand_over_is_open = True
    read_by_at = next_alert_at(service, 1)
    handed = HandOver(
        ticket_number=ticket.number,
        service_id=service.id,
        opened_by=actor.name,
        why=list(why),
        message_id=message_id,
        alerts=1,
        read_by_at=read_by_at,
        next_alert_at=read_by_at,
    )
    session.add(handed)
    session.flush()
    tell_clinicians(session, handed, "hand_over")
    return handed


def hand_over_by_hand(session: Session, actor: Actor, number: int, what: HandOverInput) -> HandOver:
    """Somebody thinks that a clinician must read a ticket, and says why."""
    return hand_over(session, actor, find(session, actor, number, lock=True), [what.reason])


def next_alert_at(service: Service, alerts: int) -> datetime | None:
    """When the next alert is due if nobody reads before, in working minutes; None after the last."""
    minutes = service.alert_minutes
    if alerts > len(minutes):
        return None
    waited = minutes[alerts - 1] - (minutes[alerts - 2] if alerts > 1 else 0)
    return calendar_of(service).add(clock.now(), waited)


def tell_clinicians(session: Session, handed: HandOver, template: str) -> None:
    """Write to every clinician of the service and to its duty clinician."""
    query = (
        select(Membership.user_id)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.service_id == handed.service_id, Membership.role == Role.CLINICIAN)
        .where(col(User.is_active))
    )
    for user_id in session.exec(query):
        _send(session, handed, template, Recipient.USER, user_id)
    tell_contact(session, handed, template, ContactKind.DUTY_CLINICIAN)


def tell_contact(session: Session, handed: HandOver, template: str, kind: ContactKind) -> None:
    """Write to one named contact of the service."""
    if contact := contact_of(session, handed.service_id, kind):
        _send(session, handed, template, Recipient.CONTACT, contact.id)


def _send(session: Session, handed: HandOver, template: str, recipient: Recipient, id: int) -> None:
    queue(session, template, recipient, id, ticket_number=handed.ticket_number)


def acknowledge(session: Session, actor: Actor, hand_over_id: int) -> HandOver:
    """A clinician says: I have read this. The alerts stop."""
    handed = _find(session, actor, hand_over_id, Action.ACKNOWLEDGE)
    if handed.acknowledged_at is not None:
        raise Conflict("Somebody has already said that they have read this.")
    handed.acknowledged_at = clock.now()
    handed.acknowledged_by = actor.user_id
    handed.next_alert_at = None
    return handed


def conclude(session: Session, actor: Actor, hand_over_id: int, outcome: str) -> HandOver:
    """A clinician writes the outcome: nothing else ends a hand-over."""
    handed = _find(session, actor, hand_over_id, Action.CONCLUDE)
    if handed.ended_at is not None:
        raise Conflict("This hand-over has already ended.")
    handed.acknowledged_at = handed.acknowledged_at or clock.now()
    handed.acknowledged_by = handed.acknowledged_by or actor.user_id
    handed.ended_at, handed.ended_by, handed.outcome = clock.now(), actor.user_id, outcome
    handed.next_alert_at = None
    ticket = session.get_one(Ticket, handed.ticket_number)
    ticket.hand_over_is_open = bool(open_on(session, ticket.number, besides=handed.id))
    return handed


def _find(session: Session, actor: Actor, hand_over_id: int, action: Action) -> HandOver:
    handed = session.get(HandOver, hand_over_id)
    if handed is None:
        raise NotFound("We cannot find that ticket.")  # the same words as for one that is not theirs to see
    act(session, actor, action, handed.ticket_number, hand_over=hand_over_id)
    session.refresh(handed)
    return handed


def reach_by(session: Session, reporter: Actor, words: str) -> None:
    """Note for the clinicians how a reporter may be reached."""
    for handed in open_on(session, reporter.own_ticket):
        handed.reach_by = words
        if handed.acknowledged_at is not None:  # read before this was said: somebody must look again
            tell_clinicians(session, handed, "hand_over")


def open_on(session: Session, number: int, besides: int | None = None) -> list[HandOver]:
    """The hand-overs of a ticket that have not ended."""
    query = select(HandOver).where(HandOver.ticket_number == number, col(HandOver.ended_at).is_(None))
    return [handed for handed in session.exec(query) if handed.id != besides]


def missed(session: Session, actor: Actor, days: Days) -> int:
    """On how many of a clinician’s or manager’s tickets a person found what the screen had missed."""
    theirs = col(Ticket.service_id).in_(sorted(actor.services(Role.CLINICIAN, Role.MANAGER)))
    query = select(func.count()).select_from(Ticket)
    return session.exec(query.where(visible_to(actor), theirs, FIGURES["missed"].holds(days))).one()


def unended(session: Session, actor: Actor) -> Sequence[HandOver]:
    """The hand-overs that a clinician or manager must see to an end: unread ones first, oldest first."""
    query = (
        select(HandOver)
        .join(Ticket, col(Ticket.number) == col(HandOver.ticket_number))
        .where(visible_to(actor), col(HandOver.ended_at).is_(None))
        .where(col(HandOver.service_id).in_(sorted(actor.services(Role.CLINICIAN, Role.MANAGER))))
        .order_by(col(HandOver.acknowledged_at).is_not(None), col(HandOver.opened_at), col(HandOver.id))
    )
    return session.exec(query).all()


@dataclass(frozen=True)
class Handed:
    """A hand-over and the ticket that it is about."""

    handed: HandOver
    case: Dossier


def handed(session: Session, actor: Actor, hand_over_id: int) -> Handed:
    """One hand-over with what must be read, for whoever may see the ticket."""
    found = session.get(HandOver, hand_over_id)
    if found is None:
        raise NotFound("We cannot find that hand-over.")
    return Handed(found, dossier(session, actor, found.ticket_number))
