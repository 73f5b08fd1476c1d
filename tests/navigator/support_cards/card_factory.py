"""Support cards as the tests make them."""

from typing import Any

from sqlmodel import Session

from navigator.people.actor import Actor
from navigator.people.support_card import SupportCard
from navigator.support_cards import cards
from navigator.support_cards.card_input import CardInput

CONTACT = {"route": "email", "email": "pat@home.example", "is_safe": True, "needs": "A large kestrel"}


def card_input(**said: Any) -> CardInput:
    """What a practitioner of North fills in, unless said otherwise."""
    usual = {
        "service": "north",
        "programme": "fern",
        "label": "Tuesday 3pm",
        "next_session": "2026-06-19",
        "session_is_weekly": True,
        "contact": CONTACT,
    }
    return CardInput.model_validate(usual | said)


def make(session: Session, actor: Actor, **said: Any) -> SupportCard:
    """A card that somebody made."""
    card = cards.make_card(session, actor, card_input(**said))
    session.flush()
    return card
