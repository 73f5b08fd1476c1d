"""Clinical reviews (escalation to a clinician): requested, alerted, acknowledged, ended by an outcome."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.catalogue.contact import ContactKind
from navigator.catalogue.lookups import calendar_of, contact_of
from navigator.catalogue.service import Service
from navigator.errors import Conflict, NotFound
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.people.user import Membership, Role, User
from navigator.tickets.action_rules import Action
from navigator.tickets.detail import TicketDetail, ticket_detail
from navigator.tickets.inputs import ReviewRequestInput
from navigator.tickets.lifecycle import act
from navigator.tickets.metrics import METRICS, Period
from navigator.tickets.outcome_input import OutcomeInput
from navigator.tickets.ticket import ClinicalReview, Message, Ticket
from navigator.tickets.visibility import find, joined_tickets, visible_to

_ESCALATION = {1: None, 2: ContactKind.DEPUTY}
"""Whom to alert after so many alerts: None is the clinicians again; after more it is the manager."""
_ALERTED = {
    None: "the clinicians again",
    ContactKind.DEPUTY: "the deputy",
    ContactKind.MANAGER: "the manager",
}


def request_review(
    session: Session, actor: Actor, ticket: Ticket, reasons: Sequence[str], message: Message | None = None
) -> ClinicalReview:
    """Open a clinical review and notify the clinicians, without a word of what was said."""
    service = session.get_one(Service, ticket.service_id)
    act(session, actor, Action.REQUEST_REVIEW, ticket.number)
    ticket.review_requested_at = ticket.review_requested_at or clock.now()
    ticket.has_open_review = True
    acknowledge_by_at = next_alert_at(service, 1)
    review = ClinicalReview(
        ticket_number=ticket.number,
        origin_number=message.origin_number if message else ticket.number,
        service_id=service.id,
        requested_by=actor.name,
        reasons=list(reasons),
        message_id=message.id if message else None,
        alerts=1,
        acknowledge_by_at=acknowledge_by_at,
        next_alert_at=acknowledge_by_at,
    )
    session.add(review)
    session.flush()
    notify_clinicians(session, review, "clinical_review")
    return review


def request_review_by_staff(
    session: Session, actor: Actor, number: int, request: ReviewRequestInput
) -> ClinicalReview:
    """Open a clinical review for a member of staff, who says why."""
    return request_review(session, actor, find(session, actor, number, lock=True), [request.reason])


def next_alert_at(service: Service, alerts: int) -> datetime | None:
    """When the next alert is due if nobody reads before, in working minutes; None after the last."""
    minutes = service.alert_minutes
    if alerts > len(minutes):
        return None
    delay = minutes[alerts - 1] - (minutes[alerts - 2] if alerts > 1 else 0)
    return calendar_of(service).add(clock.now(), delay)


def alerted_next(review: ClinicalReview) -> ContactKind | None:
    """Whom the next alert goes to if nobody reads it: a contact, or None, which is the clinicians again."""
    return _ESCALATION.get(review.alerts, ContactKind.MANAGER)


def next_alert_words(review: ClinicalReview) -> str:
    """Whom the next alert goes to, in words; empty where none comes: it was read, or all were alerted."""
    return _ALERTED[alerted_next(review)] if review.next_alert_at else ""


def next_working_morning(service: Service, now: datetime) -> datetime:
    """When a service opens next after today: until then an author's "no concern" puts off the alert."""
    return calendar_of(service).opening_from(clock.local(now).date() + timedelta(days=1))


def notify_clinicians(session: Session, review: ClinicalReview, template: str) -> None:
    """Send a notification to every clinician of the service and to its duty clinician."""
    query = (
        select(Membership.user_id)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.service_id == review.service_id, Membership.role == Role.CLINICIAN)
        .where(col(User.is_active))
        .order_by(col(User.id))
    )
    for user_id in session.exec(query):
        _send(session, review, template, Recipient.USER, user_id)
    notify_contact(session, review, template, ContactKind.DUTY_CLINICIAN)


def notify_contact(session: Session, review: ClinicalReview, template: str, kind: ContactKind) -> None:
    """Send a notification to one named contact of the service."""
    if contact := contact_of(session, review.service_id, kind):
        _send(session, review, template, Recipient.CONTACT, contact.id)


def _send(session: Session, review: ClinicalReview, template: str, recipient: Recipient, id: int) -> None:
    enqueue(
        session, template, recipient, id, ticket_number=review.ticket_number, context={"review": review.id}
    )


def acknowledge(session: Session, actor: Actor, review_id: int) -> ClinicalReview:
    """Acknowledge a clinical review: a clinician has read it, and the alerts stop."""
    review = _act_on_review(session, actor, review_id, Action.ACKNOWLEDGE)
    if review.acknowledged_at is not None:
        is_own = review.acknowledged_by == actor.user_id
        who = "You have already said that you" if is_own else "Somebody has already said that they"
        raise Conflict(f"{who} have read this.")
    note_read(review, actor, clock.now())
    return review


def note_read(review: ClinicalReview, actor: Actor, now: datetime) -> None:
    """Note that a clinician has read it: they said so, wrote to the person or ended it. The alerts stop."""
    review.acknowledged_at = review.acknowledged_at or now
    review.acknowledged_by = review.acknowledged_by or actor.user_id
    review.next_alert_at = None


def conclude(session: Session, actor: Actor, review_id: int, outcome: OutcomeInput) -> ClinicalReview:
    """End a clinical review with what a clinician did, and why in words: nothing else ends one."""
    review = _act_on_review(session, actor, review_id, Action.CONCLUDE)
    if review.ended_at is not None:
        raise Conflict("This clinical review has already ended.")
    now = clock.now()
    note_read(review, actor, now)
    review.ended_at, review.ended_by = now, actor.user_id
    review.result, review.passed_to = outcome.done, outcome.passed_to
    review.outcome, review.for_navigators = outcome.outcome, outcome.for_navigators
    ticket = session.get_one(Ticket, review.ticket_number)
    ticket.has_open_review = bool(open_reviews_of(session, ticket.number, except_id=review.id))
    return review


def _act_on_review(session: Session, actor: Actor, review_id: int, action: Action) -> ClinicalReview:
    review = session.get(ClinicalReview, review_id)
    if review is None:
        raise NotFound("We cannot find that ticket.")  # the same words as for one that is not theirs to see
    act(session, actor, action, review.ticket_number, hand_over=review_id)
    session.refresh(review)
    return review


def set_contact_note(session: Session, reporter: Actor, note: str) -> bool:
    """Store, for the clinicians, how a reporter may be reached; False when no review is open to hold it.

    That of a mail which a person joined holds none: it may be somebody else's.
    """
    of_them = _open_reviews_from(session, reporter.reads or {reporter.own_ticket})
    reviews = [review for review in of_them if not is_of_unproven(session, review)]
    for review in reviews:
        review.contact_note = note
        if review.acknowledged_at is not None:  # acknowledged before this note: somebody must look again
            notify_clinicians(session, review, "clinical_review")
    return bool(reviews)


def notify_of_answer(session: Session, ticket: Ticket, answer: Message) -> None:
    """Tell the clinicians that a person has answered one of them, while a clinical review is open."""
    if not ticket.has_open_review:
        return
    query = (
        select(ClinicalReview)
        .join(Message, col(Message.ticket_number) == col(ClinicalReview.ticket_number))
        .where(ClinicalReview.ticket_number == ticket.number, col(ClinicalReview.ended_at).is_(None))
        .where(Message.action == Action.WRITE_TO_PERSON, Message.origin_number == answer.origin_number)
        .where(col(Message.created_at) >= col(ClinicalReview.opened_at))
    )
    if review := session.exec(query.order_by(col(ClinicalReview.id)).limit(1)).first():
        notify_clinicians(session, review, "clinical_review_answer")


def open_reviews_of(session: Session, number: int, except_id: int | None = None) -> list[ClinicalReview]:
    """The clinical reviews of a ticket that have not ended, oldest first."""
    query = select(ClinicalReview).where(
        ClinicalReview.ticket_number == number, col(ClinicalReview.ended_at).is_(None)
    )
    oldest_first = session.exec(query.order_by(col(ClinicalReview.id)))
    return [review for review in oldest_first if review.id != except_id]


def has_review_of_risk(session: Session, number: int) -> bool:
    """Whether a clinical review of a ticket is open for more than words that the screen could not read."""
    return any(not review.is_of_language for review in open_reviews_of(session, number))


def reviews_of_message(session: Session, said: Message) -> Sequence[ClinicalReview]:
    """The clinical reviews of what a message says, open and ended: another one need not be of its words."""
    query = select(ClinicalReview).where(ClinicalReview.message_id == said.id)
    return session.exec(query.order_by(col(ClinicalReview.id))).all()


def is_of_unproven(session: Session, review: ClinicalReview) -> bool:
    """Whether a clinical review is of a mail that a person joined: who sent it is not proven."""
    said = session.get(Message, review.message_id) if review.message_id else None
    return said is not None and said.action == Action.JOIN_MAIL and said.author_id is not None


def _open_reviews_from(session: Session, numbers: Collection[int]) -> Sequence[ClinicalReview]:
    """The open clinical reviews of what was said on these tickets, wherever they have gone on."""
    of_them = col(ClinicalReview.origin_number).in_(sorted(numbers))
    query = select(ClinicalReview).where(of_them, col(ClinicalReview.ended_at).is_(None))
    return session.exec(query.order_by(col(ClinicalReview.id))).all()


def count_missed_by_screen(session: Session, actor: Actor, period: Period) -> int:
    """How many tickets of a clinician or manager the safety screen had missed and a person had reviewed."""
    in_services = col(Ticket.service_id).in_(sorted(actor.services(Role.CLINICIAN, Role.MANAGER)))
    query = select(func.count()).select_from(Ticket)
    return session.exec(
        query.where(visible_to(actor), in_services, METRICS["missed"].condition(period))
    ).one()


def open_reviews(session: Session, actor: Actor) -> Sequence[ClinicalReview]:
    """The open clinical reviews of a clinician or manager: unread ones first, oldest first."""
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
    """A clinical review, the ticket that it is about, and the one on which its person reads.

    They differ after a merge. The reporter of `detail` is that person.
    """

    review: ClinicalReview
    detail: TicketDetail
    person_ticket: Ticket


def review_detail(session: Session, actor: Actor, review_id: int) -> ReviewDetail:
    """One clinical review with what must be read, for whoever may see the ticket."""
    review = session.get(ClinicalReview, review_id)
    if review is None:
        raise NotFound("We cannot find that clinical review.")
    detail = ticket_detail(session, actor, review.ticket_number)
    own = _person_ticket(session, review)
    if detail.reporter and own.reporter_id != detail.reporter.id:
        detail = replace(detail, reporter=session.get_one(Reporter, own.reporter_id))
    return ReviewDetail(review, detail, own)


def _person_ticket(session: Session, review: ClinicalReview) -> Ticket:
    """The ticket of whoever's words are reviewed: what was merged keeps its reporter."""
    number = review.ticket_number
    if review.origin_number in joined_tickets(session, number):
        number = review.origin_number
    return session.get_one(Ticket, number)
