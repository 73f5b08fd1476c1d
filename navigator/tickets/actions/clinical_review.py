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
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User
from navigator.tickets.action_rules import Action
from navigator.tickets.detail import TicketDetail, ticket_detail
from navigator.tickets.inputs import ReviewRequestInput
from navigator.tickets.lifecycle import act
from navigator.tickets.metrics import METRICS, Period
from navigator.tickets.ticket import ClinicalReview, Ticket
from navigator.tickets.visibility import find, visible_to


def request_review(
    session: Session, actor: Actor, ticket: Ticket, why: Sequence[str], message_id: int | None = None
) -> ClinicalReview:
    """Open a hand-over and tell the clinicians, without a word of what was said."""
    service = session.get_one(Service, ticket.service_id)
    act(session, actor, Action.REQUEST_REVIEW, ticket.number)
    ticket.review_requested_at = ticket.review_requested_at or clock.now()
    ticket.has_open_review = True
    read_by_at = next_alert_at(service, 1)
    handed = ClinicalReview(
        ticket_number=ticket.number,
        service_id=service.id,
        requested_by=actor.name,
        reasons=list(why),
        message_id=message_id,
        alerts=1,
        acknowledge_by_at=read_by_at,
        next_alert_at=read_by_at,
    )
    session.add(handed)
    session.flush()
    notify_clinicians(session, handed, "hand_over")
    return handed


def request_review_by_staff(
    session: Session, actor: Actor, number: int, what: ReviewRequestInput
) -> ClinicalReview:
    """Somebody thinks that a clinician must read a ticket, and says why."""
    return request_review(session, actor, find(session, actor, number, lock=True), [what.reason])


def next_alert_at(service: Service, alerts: int) -> datetime | None:
    """When the next alert is due if nobody reads before, in working minutes; None after the last."""
    minutes = service.alert_minutes
    if alerts > len(minutes):
        return None
    waited = minutes[alerts - 1] - (minutes[alerts - 2] if alerts > 1 else 0)
    return calendar_of(service).add(clock.now(), waited)


def notify_clinicians(session: Session, handed: ClinicalReview, template: str) -> None:
    """Write to every clinician of the service and to its duty clinician."""
    query = (
        select(Membership.user_id)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.service_id == handed.service_id, Membership.role == Role.CLINICIAN)
        .where(col(User.is_active))
    )
    for user_id in session.exec(query):
        _send(session, handed, template, Recipient.USER, user_id)
    notify_contact(session, handed, template, ContactKind.DUTY_CLINICIAN)


def notify_contact(session: Session, handed: ClinicalReview, template: str, kind: ContactKind) -> None:
    """Write to one named contact of the service."""
    if contact := contact_of(session, handed.service_id, kind):
        _send(session, handed, template, Recipient.CONTACT, contact.id)


def _send(session: Session, handed: ClinicalReview, template: str, recipient: Recipient, id: int) -> None:
    enqueue(session, template, recipient, id, ticket_number=handed.ticket_number)


def acknowledge(session: Session, actor: Actor, hand_over_id: int) -> ClinicalReview:
    """A clinician says: I have read this. The alerts stop."""
    handed = _find(session, actor, hand_over_id, Action.ACKNOWLEDGE)
    if handed.acknowledged_at is not None:
        raise Conflict("Somebody has already said that they have read this.")
    handed.acknowledged_at = clock.now()
    handed.acknowledged_by = actor.user_id
    handed.next_alert_at = None
    return handed


def conclude(session: Session, actor: Actor, hand_over_id: int, outcome: str) -> ClinicalReview:
    """A clinician writes the outcome: nothing else ends a hand-over."""
    handed = _find(session, actor, hand_over_id, Action.CONCLUDE)
    if handed.ended_at is not None:
        raise Conflict("This hand-over has already ended.")
    handed.acknowledged_at = handed.acknowledged_at or clock.now()
    handed.acknowledged_by = handed.acknowledged_by or actor.user_id
    handed.ended_at, handed.ended_by, handed.outcome = clock.now(), actor.user_id, outcome
    handed.next_alert_at = None
    ticket = session.get_one(Ticket, handed.ticket_number)
    ticket.has_open_review = bool(open_reviews_of(session, ticket.number, besides=handed.id))
    return handed


def _find(session: Session, actor: Actor, hand_over_id: int, action: Action) -> ClinicalReview:
    handed = session.get(ClinicalReview, hand_over_id)
    if handed is None:
        raise NotFound("We cannot find that ticket.")  # the same words as for one that is not theirs to see
    act(session, actor, action, handed.ticket_number, hand_over=hand_over_id)
    session.refresh(handed)
    return handed


def set_contact_note(session: Session, reporter: Actor, words: str) -> None:
    """Note for the clinicians how a reporter may be reached."""
    for handed in open_reviews_of(session, reporter.own_ticket):
        handed.contact_note = words
        if handed.acknowledged_at is not None:  # read before this was said: somebody must look again
            notify_clinicians(session, handed, "hand_over")


def open_reviews_of(session: Session, number: int, besides: int | None = None) -> list[ClinicalReview]:
    """The hand-overs of a ticket that have not ended."""
    query = select(ClinicalReview).where(
        ClinicalReview.ticket_number == number, col(ClinicalReview.ended_at).is_(None)
    )
    return [handed for handed in session.exec(query) if handed.id != besides]


def count_found_by_people(session: Session, actor: Actor, days: Period) -> int:
    """On how many of a clinician’s or manager’s tickets a person found what the screen had missed."""
    theirs = col(Ticket.service_id).in_(sorted(actor.services(Role.CLINICIAN, Role.MANAGER)))
    query = select(func.count()).select_from(Ticket)
    return session.exec(query.where(visible_to(actor), theirs, METRICS["missed"].condition(days))).one()


def open_reviews(session: Session, actor: Actor) -> Sequence[ClinicalReview]:
    """The hand-overs that a clinician or manager must see to an end: unread ones first, oldest first."""
    query = (
        select(ClinicalReview)
        .join(Ticket, col(Ticket.number) == col(ClinicalReview.ticket_number))
        .where(visible_to(actor), col(ClinicalReview.ended_at).is_(None))
        .where(col(ClinicalReview.service_id).in_(sorted(actor.services(Role.CLINICIAN, Role.MANAGER))))
        .order_by(
            col(ClinicalReview.acknowledged_at).is_not(None),
            col(ClinicalReview.opened_at),
            col(ClinicalReview.id),
        )
    )
    return session.exec(query).all()


@dataclass(frozen=True)
class ReviewDetail:
    """A hand-over and the ticket that it is about."""

    handed: ClinicalReview
    case: TicketDetail


def review_detail(session: Session, actor: Actor, hand_over_id: int) -> ReviewDetail:
    """One hand-over with what must be read, for whoever may see the ticket."""
    found = session.get(ClinicalReview, hand_over_id)
    if found is None:
        raise NotFound("We cannot find that hand-over.")
    return ReviewDetail(found, ticket_detail(session, actor, found.ticket_number))
