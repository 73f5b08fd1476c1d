"""Worklist of patients who never got into the programme, the soonest session first."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from navigator import clock
from navigator.fields import Input
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.support_card import SupportCard, cards_listed_to
from navigator.support_cards.cards import find_card
from navigator.support_cards.overview import MOST, CardRow, rows_of
from navigator.tickets.report_by_card import session_ahead


class PutAway(StrEnum):
    """Why somebody need not be helped into the programme."""

    HELPED = "helped"
    OTHER_WAY = "other_way"
    LATER = "later"
    IS_IN = "is_in"
    LEFT = "left"


REASONS: Mapping[PutAway, str] = MappingProxyType(
    {
        PutAway.HELPED: "Somebody has helped them in, or has a ticket for it",
        PutAway.IS_IN: "They are in: the list is wrong or late",
        PutAway.LATER: "They begin with the programme later",
        PutAway.OTHER_WAY: "They go on without it: on paper or by phone",
        PutAway.LEFT: "They have left treatment",
    }
)


class PutAwayInput(Input):
    """Why a card is put away from the worklist."""

    reason: PutAway = Field(
        title="why they need no help to get in", json_schema_extra={"words": "Choose why"}
    )


def is_waiting(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Cards of which a list of the supplier says that nobody got in; of others nobody knows."""
    return (
        cards_listed_to(actor),
        col(SupportCard.engagement_told_at).is_not(None),
        col(SupportCard.first_log_in_on).is_(None),
        col(SupportCard.put_away_at).is_(None),
    )


def never_got_in(session: Session, actor: Actor) -> list[CardRow]:
    """Those whose cards an actor may list, the soonest session first; without a known one they come last."""
    query = (
        select(SupportCard).where(*is_waiting(actor)).order_by(col(SupportCard.label), col(SupportCard.id))
    )
    cards = sorted(session.exec(query), key=lambda card: session_ahead(card) or date.max)
    return rows_of(session, actor, cards[:MOST])


def put_away(session: Session, actor: Actor, card_id: int, reason: PutAway) -> None:
    """Put a card away from the worklist, with a reason; it stays away until somebody brings it back."""
    card = find_card(session, actor, card_id, lock=True)
    card.put_away_at, card.put_away_reason = clock.now(), reason
    record_change(session, actor, card.service_id, "card", f"Need not be helped in: {REASONS[reason]}")


def bring_back(session: Session, actor: Actor, card_id: int) -> None:
    """Bring a card back to the worklist."""
    card = find_card(session, actor, card_id, lock=True)
    card.put_away_at, card.put_away_reason = None, ""
    record_change(session, actor, card.service_id, "card", "Is to be helped in again")
