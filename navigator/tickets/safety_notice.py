"""What a reporter is shown while a clinician must read their words: what to do now, who reads it and when."""

from collections.abc import Collection, Sequence
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import and_, or_
from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.catalogue.lookups import calendar_of, crisis_card_of, service_of
from navigator.catalogue.service import Service
from navigator.dates_in_words import when
from navigator.languages import N_
from navigator.languages import gettext as _
from navigator.people.actor import SYSTEM
from navigator.tickets.ticket import Audience, Author, ClinicalReview, Message, Status, Ticket

_NOT_ENGLISH = N_("Your message may not be in English, so a computer could not check it for signs of danger.")


class CrisisLine(BaseModel):
    """Where to turn: when, what to do, and whom to call or text."""

    when: str
    do: str
    call: str | None = None
    text: str | None = None


class SafetyNotice(BaseModel):
    """To be shown at once and whole: what to do now, and who reads this when."""

    heading: str
    lines: list[CrisisLine]
    read_at: datetime = Field(description="From when on somebody is there to read it")
    who_reads: str = Field(description="Who reads it and when, in words to show")


def safety_notice(session: Session, ticket: Ticket, said_on: Collection[int] = ()) -> SafetyNotice | None:
    """The notice of a ticket, while a clinical review of its reporter's own words is open.

    Their own are those said on the tickets `said_on` (by default this one), wherever these have gone on.
    That staff asked for a review, or that their notes opened it, the reporter does not learn; nor of a mail
    that a person joined, as nobody has proven who sent it."""
    reviews = [each for each in _reviews_of_own_words(session, ticket, said_on) if not each.is_of_language]
    if not reviews:
        return None
    service, now = service_of(session, ticket.service_id), clock.now()
    card, opens_at = crisis_card_of(session, service), calendar_of(service).next_opening(now)
    is_read = all(review.acknowledged_at for review in reviews)
    return SafetyNotice(
        heading=_(card.heading),
        lines=[CrisisLine.model_validate(line) for line in card.lines],
        read_at=opens_at,
        who_reads=_who_reads(service, opens_at, now, is_read),
    )


def language_notice(session: Session, ticket: Ticket, said_on: Collection[int] = ()) -> str:
    """What a reporter is told whose words no screen could read, while a review of them is open."""
    reviews = [each for each in _reviews_of_own_words(session, ticket, said_on) if each.is_of_language]
    if not reviews:
        return ""
    service, now = service_of(session, ticket.service_id), clock.now()
    is_read = all(review.acknowledged_at for review in reviews)
    who_reads = _who_reads(service, calendar_of(service).next_opening(now), now, is_read)
    return f"{_(_NOT_ENGLISH)} {who_reads}"


def what_they_are_told(session: Session, ticket: Ticket, review: ClinicalReview) -> str:
    """What the person of an open clinical review reads of it on their private page, for the clinician."""
    if review.ended_at is not None or ticket.reporter_user_id is not None:
        return ""
    said_on = {review.origin_number or ticket.number}
    if notice := safety_notice(session, ticket, said_on):
        return f"Their private page shows them the crisis numbers and says: “{notice.who_reads}”"
    if words := language_notice(session, ticket, said_on):
        return f"Their private page says: “{words}”"
    return "Their private page says nothing of this review."


def who_reads_for_staff(session: Session, ticket: Ticket) -> str:
    """Who reads it and when, for staff on a ticket with an open review: whoever's words opened it."""
    service, now = service_of(session, ticket.service_id), clock.now()
    unread = select(ClinicalReview.id).where(
        ClinicalReview.ticket_number == ticket.number,
        col(ClinicalReview.ended_at).is_(None),
        col(ClinicalReview.acknowledged_at).is_(None),
    )
    if session.exec(unread.limit(1)).first() is None:
        return f"A clinician of {service.name} has read it."
    opens_at = calendar_of(service).next_opening(now)
    return f"A clinician of {service.name} is told to read it.{_wait_text(opens_at, now)}"


def _wait_text(opens_at: datetime, now: datetime) -> str:
    words = _("No one reads these messages until {when}.")
    return "" if opens_at <= now else " " + words.format(when=when(opens_at))


def _reviews_of_own_words(
    session: Session, ticket: Ticket, said_on: Collection[int]
) -> Sequence[ClinicalReview]:
    if not ticket.has_open_review and ticket.status != Status.MERGED:
        return ()
    of_the_report = and_(col(Message.id).is_(None), col(ClinicalReview.requested_by) == SYSTEM.name)
    is_proven = or_(col(Message.audience) == Audience.PUBLIC, col(Message.author_id).is_(None))
    query = (
        select(ClinicalReview)
        .join(Message, col(Message.id) == col(ClinicalReview.message_id), isouter=True)
        .where(
            col(ClinicalReview.origin_number).in_(sorted(said_on or {ticket.number})),
            col(ClinicalReview.ended_at).is_(None),
        )
        .where(or_(of_the_report, and_(col(Message.author) == Author.REPORTER, is_proven)))
    )
    return session.exec(query).all()


def _who_reads(service: Service, opens_at: datetime, now: datetime, is_read: bool) -> str:
    if is_read:
        words = _("Someone from the clinical team of {service} has read what you wrote.")
        return words.format(service=service.name)
    words = _("Someone from the clinical team of {service} will read what you wrote.")
    return words.format(service=service.name) + _wait_text(opens_at, now)


def was_of_concern(session: Session, ticket: Ticket) -> bool:
    """Whether what was said last on a ticket, wherever it has gone on, is what a clinician must read."""
    last = select(func.max(Message.id)).where(Message.origin_number == ticket.number).scalar_subquery()
    query = select(ClinicalReview).where(
        col(ClinicalReview.ended_at).is_(None),
        col(ClinicalReview.message_id) == last,
    )
    return any(not review.is_of_language for review in session.exec(query))
