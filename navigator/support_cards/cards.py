"""Support cards: made, changed, given a new code, sent and ended, by a practitioner or the desk."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from navigator import clock
from navigator.catalogue.accepting_reports import takes_reports
from navigator.catalogue.lookups import programme_by_code, service_by_code, service_of
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from navigator.outbox import delivery
from navigator.outbox.cancel import cancel_waiting
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people import card_codes
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.rate_limit import Limit, hit
from navigator.people.reporter import ContactMethod, Reporter, gave
from navigator.people.support_card import SupportCard, cards_managed_by
from navigator.people.user import Membership, Role, User
from navigator.support_cards.card_input import CardInput
from navigator.tickets.ticket import Ticket

LETTER = "support_card"
LETTERS_PER_CARD = Limit(3, timedelta(hours=24))
UNUSED_LASTS = timedelta(days=183)
"""A card unused for half a year ends, with what it knows: it outlives a break in treatment, not its end."""

MAKERS = (Role.PWP, Role.NAVIGATOR, Role.INTAKE)


def find_card(session: Session, actor: Actor, card_id: int, lock: bool = False) -> SupportCard:
    """A card that the actor may open; for whoever may not there is none."""
    query = select(SupportCard).where(SupportCard.id == card_id, cards_managed_by(actor))
    card = session.exec(query.with_for_update() if lock else query).one_or_none()
    if card is None:
        raise NotFound("We cannot find that card. It may have ended.")
    return card


def make_card(session: Session, actor: Actor, card_input: CardInput) -> SupportCard:
    """Make a card, with a code of its own."""
    service = service_by_code(session, card_input.service)
    if service.id not in actor.services(*MAKERS):
        raise Forbidden("You may make cards for your own service only.")
    card = SupportCard(service_id=service.id, programme_id=0, code=card_codes.mint(), label="")
    _fill(session, actor, card, service, card_input)
    session.add(card)
    session.flush()
    return card


def change_card(session: Session, actor: Actor, card_id: int, card_input: CardInput) -> SupportCard:
    """Change what a card knows; its code, and so what is printed, stays as it is."""
    card = find_card(session, actor, card_id, lock=True)
    cancel_waiting(session, Recipient.CARD, card.id)
    _fill(session, actor, card, service_of(session, card.service_id), card_input)
    card.used_at = clock.now()
    return card


def _fill(session: Session, actor: Actor, card: SupportCard, service: Service, card_input: CardInput) -> None:
    programme = programme_by_code(session, service, card_input.programme)
    card.programme_id = programme.id if programme else 0
    card.pwp_id = _practitioner_id(session, actor, service, card_input.practitioner)
    for name, value in card_input.columns().items():
        setattr(card, name, value)
    _require_own_label(session, card)


def _practitioner_id(session: Session, actor: Actor, service: Service, email: str) -> int | None:
    """The practitioner whom an address names; a practitioner makes cards in their own name alone."""
    is_pwp = service.id in actor.services(Role.PWP) and actor.user_id is not None
    named = _practitioner_by_email(session, service, email) if email else None
    if service.id in actor.services(Role.NAVIGATOR, Role.INTAKE):
        return named if email or not is_pwp else actor.user_id
    if email and named != actor.user_id:
        raise Invalid("There is a problem", {"practitioner": "You can make cards in your own name only."})
    return actor.user_id


def _practitioner_by_email(session: Session, service: Service, email: str) -> int:
    is_one = (Membership.service_id == service.id, Membership.role == Role.PWP, User.is_active)
    query = select(User.id).join(Membership).where(User.email == email.lower(), *is_one)
    if (user_id := session.exec(query).one_or_none()) is None:
        raise Invalid(
            "There is a problem", {"practitioner": "Nobody with this address is a practitioner here."}
        )
    return user_id


def _require_own_label(session: Session, card: SupportCard) -> None:
    """Two cards of one practitioner with the same words would be given to the wrong patient."""
    same = (SupportCard.service_id == card.service_id, SupportCard.pwp_id == card.pwp_id)
    query = select(SupportCard.id).where(*same, SupportCard.label == card.label, SupportCard.id != card.id)
    with session.no_autoflush:
        if session.exec(query.limit(1)).first() is not None:
            words = "There is a card with these words. Use others, or change that card."
            raise Invalid("There is a problem", {"label": words})


def replace_code(session: Session, actor: Actor, card_id: int) -> SupportCard:
    """Give a lost card a new code: the old one opens nothing any more, and the work under it goes on."""
    card = find_card(session, actor, card_id, lock=True)
    cancel_waiting(session, Recipient.CARD, card.id)
    of_service = select(Ticket.reporter_id).where(Ticket.service_id == card.service_id)
    told = select(Reporter).where(gave("support_code", card.code), col(Reporter.id).in_(of_service))
    card.code, card.used_at = card_codes.mint(), clock.now()
    for reporter in session.exec(told).all():
        reporter.support_code = card.code
    record_change(session, actor, card.service_id, "card", "Support card lost: it has a new code")
    return card


def send_card(session: Session, actor: Actor, card_id: int) -> None:
    """Send a card to the contact on it, which its maker marked safe, by email or text."""
    card = find_card(session, actor, card_id, lock=True)
    if not card.is_written_to or not delivery.works(ContactMethod(card.contact_method or "")):
        raise Conflict("Nothing is sent: it is not safe, or we do not know how.")
    if not takes_reports(session, service_of(session, card.service_id)):
        raise Conflict("Nothing is sent: your service takes no reports now, so a card opens nothing.")
    if not hit(session, "card to", str(card.id), LETTERS_PER_CARD):
        raise TooMany("This card was sent three times today. Try again tomorrow.")
    if enqueue(session, LETTER, Recipient.CARD, card.id) is None:
        raise Conflict("They want a phone call. Read the code to them.")
    card.used_at = clock.now()


def end_card(session: Session, actor: Actor, card_id: int) -> None:
    """End a card: it is deleted, with all that it knows."""
    card = find_card(session, actor, card_id, lock=True)
    record_change(session, actor, card.service_id, "card", "Support card ended")
    cancel_waiting(session, Recipient.CARD, card.id)
    session.delete(card)


def delete_unused(session: Session, now: datetime) -> None:
    """Delete the cards that nobody used for long, with all that they know."""
    session.exec(delete(SupportCard).where(col(SupportCard.used_at) <= now - UNUSED_LASTS))
