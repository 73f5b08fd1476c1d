"""The list of open clinical reviews: their first words, who wrote again, and what else is open of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_
from sqlmodel import Session, col, func, select

from navigator.people.actor import Actor
from navigator.people.reporter import Reporter, ReporterKind
from navigator.people.user import Role, User
from navigator.tickets.actions.clinical_review import next_alert_words, open_reviews
from navigator.tickets.actions.merge import claims_of
from navigator.tickets.ticket import Author, ClinicalReview, Message, Ticket
from navigator.tickets.visibility import visible_to


@dataclass(frozen=True)
class ListedReview:
    """An open clinical review as clinicians look through them.

    `words` are of the message that opened it, else what its person said first. `person` says who that is;
    `reporter` is None for those who need not know how to reach them; `next_alert` is whom the next goes to.
    """

    review: ClinicalReview
    words: str
    wrote_again_at: datetime | None
    also_open: Sequence[ClinicalReview]
    person: str
    reporter: Reporter | None
    next_alert: str


@dataclass(frozen=True)
class UnreadReviews:
    """How many open clinical reviews nobody has read, and the first of them."""

    count: int = 0
    first_id: int | None = None


NO_REVIEWS = UnreadReviews()


def unread_reviews(session: Session, actor: Actor) -> UnreadReviews:
    """The unread clinical reviews of a clinician or manager; none, and no question, for others."""
    if not actor.has(Role.CLINICIAN, Role.MANAGER):
        return NO_REVIEWS
    unread = (col(ClinicalReview.ended_at).is_(None), col(ClinicalReview.acknowledged_at).is_(None))
    in_services = col(ClinicalReview.service_id).in_(sorted(actor.services(Role.CLINICIAN, Role.MANAGER)))
    query = (
        select(func.count(col(ClinicalReview.id)), func.min(ClinicalReview.id))
        .join(Ticket, col(Ticket.number) == col(ClinicalReview.ticket_number))
        .where(visible_to(actor), in_services, *unread)
    )
    return UnreadReviews(*session.exec(query).one())


def listed_reviews(
    session: Session, actor: Actor, reviews: Sequence[ClinicalReview]
) -> Sequence[ListedReview]:
    """Open clinical reviews with what a clinician sees of each before they open it."""
    if not reviews:
        return []
    messages, people = _messages(session, reviews), _people(session, reviews)
    claims = _claims(reviews, people)
    return [
        ListedReview(
            review,
            _words(review, messages),
            _wrote_again_at(review, messages),
            [one for one in reviews if one is not review and claims[one.id] & claims[review.id]],
            _person(people[review.id]),
            people[review.id].reporter if review.service_id in actor.services(Role.CLINICIAN) else None,
            next_alert_words(review),
        )
        for review in reviews
    ]


def also_open(session: Session, actor: Actor, review: ClinicalReview) -> Sequence[ClinicalReview]:
    """The other open clinical reviews of the same person, as far as that is known without a name."""
    others = [one for one in open_reviews(session, actor) if one.id != review.id]
    reviews = [review, *others]
    claims = _claims(reviews, _people(session, reviews)) if others else {}
    return [one for one in others if claims[one.id] & claims[review.id]]


def _messages(session: Session, reviews: Sequence[ClinicalReview]) -> Sequence[Message]:
    """What opened these reviews, and all that reporters said on their tickets, oldest first."""
    numbers = {review.ticket_number for review in reviews}
    opened_by = {review.message_id for review in reviews if review.message_id}
    said = (col(Message.author) == Author.REPORTER) & col(Message.ticket_number).in_(sorted(numbers))
    wanted = said | col(Message.id).in_(sorted(opened_by))
    return session.exec(select(Message).where(wanted).order_by(col(Message.id))).all()


def _words(review: ClinicalReview, messages: Sequence[Message]) -> str:
    opening = (message.body for message in messages if message.id == review.message_id)
    return next(opening, "") or next((message.body for message in _own(review, messages)), "")


def _wrote_again_at(review: ClinicalReview, messages: Sequence[Message]) -> datetime | None:
    """When the person last wrote after a clinician had read it."""
    read_at = review.acknowledged_at
    times = [message.created_at for message in _own(review, messages)]
    return max((at for at in times if read_at and at > read_at), default=None)


def _own(review: ClinicalReview, messages: Sequence[Message]) -> Sequence[Message]:
    """What the person of a review said, and not whoever's ticket was merged with theirs."""
    return [
        message
        for message in messages
        if message.author == Author.REPORTER
        and message.ticket_number == review.ticket_number
        and message.origin_number == review.origin_number
    ]


class _Person(NamedTuple):
    """Whoever said what must be read, with their practitioner's name where that is confirmed."""

    number: int
    reporter: Reporter
    practitioner: str | None


def _people(session: Session, reviews: Sequence[ClinicalReview]) -> Mapping[int, _Person]:
    """By review, its person."""
    numbers = {number for review in reviews for number in (review.ticket_number, review.origin_number)}
    pwp = and_(col(User.id) == col(Ticket.pwp_id), col(Ticket.practitioner_is_confirmed))
    query = select(Ticket.number, Reporter, User.name).join(
        Reporter, col(Reporter.id) == col(Ticket.reporter_id)
    )
    query = query.outerjoin(User, pwp).where(col(Ticket.number).in_(sorted(numbers)))
    found = {number: _Person(number, reporter, name) for number, reporter, name in session.exec(query)}
    return {review.id: found.get(review.origin_number) or found[review.ticket_number] for review in reviews}


def _person(person: _Person) -> str:
    """Who they are, without a name that nobody gave."""
    if person.reporter.kind == ReporterKind.PWP:
        return f"A practitioner{f', {person.practitioner}' if person.practitioner else ''}"
    return f"A patient{f' of {person.practitioner}' if person.practitioner else ''}"


def _claims(
    reviews: Sequence[ClinicalReview], people: Mapping[int, _Person]
) -> Mapping[int, frozenset[tuple[object, ...]]]:
    """By review, what its person can be known by: the ticket, their addresses, and the code of a service."""
    return {
        review.id: frozenset((*claim, review.service_id) for claim in claims_of(people[review.id].reporter))
        | {("own words", review.origin_number or review.ticket_number)}
        for review in reviews
    }
