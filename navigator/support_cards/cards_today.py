"""What “Today” says of cards: how many never got in, and a practitioner’s brief; one question asks both."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, select
from sqlmodel import Session

from navigator.people.actor import Actor
from navigator.people.support_card import SupportCard
from navigator.support_cards.briefs import BriefLine, has_session_of, lines_of
from navigator.support_cards.never_in import is_waiting


@dataclass(frozen=True)
class CardsToday:
    """How many patients never got in, and the lines of a practitioner for the next working day."""

    never_in: int
    briefs: Sequence[BriefLine]


def cards_today(session: Session, actor: Actor) -> CardsToday:
    """What somebody’s Today says of the cards that they may list."""
    never_in = select(func.count()).select_from(SupportCard).where(*is_waiting(actor)).scalar_subquery()
    one = select(literal(1).label("one")).subquery()
    query = select(never_in, SupportCard).select_from(one)
    rows = session.execute(query.outerjoin(SupportCard, has_session_of(actor.user_id))).all()
    cards = [card for _, card in rows if card is not None]
    return CardsToday(rows[0][0], lines_of(session, actor.user_id or 0, cards))
