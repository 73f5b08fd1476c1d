"""Lists of support cards: whose each is, when it was used last, and what is open by it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from navigator.catalogue.lookups import programme_of, service_of
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.pagination import PAGE_SIZE
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.people.support_card import SupportCard, card_by_code, cards_listed_to, cards_managed_by
from navigator.people.user import Role, User
from navigator.tickets.report_by_card import session_ahead
from navigator.tickets.ticket import LIVE, Ticket
from navigator.tickets.visibility import visible_to

MOST = 300
"""Cards on one page: a caseload is a tenth of it; of a whole service the rest are found by their code."""


@dataclass(frozen=True)
class CardRow:
    """A card as a list shows it: without its contact."""

    card: SupportCard
    service: str
    programme: str
    practitioner: str
    session_on: date | None
    tickets: Sequence[int]


def list_cards(session: Session, actor: Actor) -> list[CardRow]:
    """The cards of a practitioner, or of the services whose desk the actor is, by their labels."""
    query = select(SupportCard).where(cards_listed_to(actor))
    query = query.order_by(col(SupportCard.label), col(SupportCard.id)).limit(MOST)
    return rows_of(session, actor, session.exec(query).all())


def newest_cards(session: Session, actor: Actor, before: int | None) -> list[CardRow]:
    """A page of those cards, newest first, from before that id."""
    query = select(SupportCard).where(cards_listed_to(actor)).order_by(col(SupportCard.id).desc())
    query = query.where(SupportCard.id < before) if before else query
    return rows_of(session, actor, session.exec(query.limit(PAGE_SIZE)).all())


def own_cards(session: Session, actor: Actor) -> list[SupportCard]:
    """The cards of a practitioner, by their labels, to choose from."""
    if actor.user_id is None or not actor.has(Role.PWP):
        return []
    query = select(SupportCard).where(SupportCard.pwp_id == actor.user_id, cards_managed_by(actor))
    return list(session.exec(query.order_by(col(SupportCard.label), col(SupportCard.id))).all())


def cards_to_print(session: Session, actor: Actor, card_ids: Collection[int]) -> list[CardRow]:
    """The chosen cards that the actor may open, by their labels."""
    query = select(SupportCard).where(col(SupportCard.id).in_(sorted(card_ids)), cards_managed_by(actor))
    return rows_of(
        session, actor, session.exec(query.order_by(col(SupportCard.label), col(SupportCard.id))).all()
    )


def find_by_code(session: Session, actor: Actor, typed: str) -> SupportCard | None:
    """The card of a code that somebody reads out on the phone, if the actor may open it."""
    card = card_by_code(session, typed)
    if card is None:
        return None
    query = select(SupportCard).where(SupportCard.id == card.id, cards_managed_by(actor))
    return session.exec(query).one_or_none()


def rows_of(session: Session, actor: Actor, cards: Sequence[SupportCard]) -> list[CardRow]:
    """Cards with what a list says of them."""
    tickets = _open_tickets(session, actor, {card.code for card in cards})
    names = _names(session, {card.pwp_id for card in cards if card.pwp_id})
    return [
        CardRow(
            card=card,
            service=service_of(session, card.service_id).name,
            programme=programme.name if (programme := programme_of(session, card.programme_id)) else "",
            practitioner=names.get(card.pwp_id or 0, ""),
            session_on=session_ahead(card),
            tickets=tickets.get(card.code, ()),
        )
        for card in cards
    ]


def _open_tickets(session: Session, actor: Actor, codes: Collection[str]) -> Mapping[str, list[int]]:
    """The live tickets by each code, as far as the actor may see them."""
    query = select(Reporter.support_code, Ticket.number).join(
        Ticket, col(Ticket.reporter_id) == col(Reporter.id)
    )
    query = query.where(col(Reporter.support_code).in_(sorted(codes)), col(Reporter.support_code) != "")
    query = query.where(col(Ticket.status).in_(LIVE), visible_to(actor)).order_by(col(Ticket.number))
    by_code: dict[str, list[int]] = {}
    for code, number in session.exec(query):
        by_code.setdefault(code, []).append(number)
    return by_code


def _names(session: Session, user_ids: Collection[int]) -> Mapping[int, str]:
    query = select(User.id, User.name).where(col(User.id).in_(sorted(user_ids)))
    return {id: name for id, name in session.exec(query)}  # noqa: C416 - rows are no pairs to mypy


def practitioner_email(session: Session, card: SupportCard) -> str:
    """By what address a form names its practitioner; "" without one."""
    return session.get_one(User, card.pwp_id).email if card.pwp_id else ""


def last_letter(session: Session, card: SupportCard) -> OutboxMessage | None:
    """The last letter that brought a card, or is to bring it."""
    query = select(OutboxMessage).where(
        OutboxMessage.recipient == Recipient.CARD, OutboxMessage.recipient_id == card.id
    )
    return session.exec(query.order_by(col(OutboxMessage.id).desc()).limit(1)).first()
