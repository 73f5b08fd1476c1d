"""Support cards as the tests make them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlmodel import Session

from navigator import database
from navigator.people.actor import Actor
from navigator.people.support_card import SupportCard
from navigator.support_cards import cards
from navigator.support_cards.card_input import CardInput
from navigator.triage import safety_screen

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


def steps_taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done with the words of a card, in turn: each "screened", and each "transaction" begun."""
    steps: list[str] = []
    writing = database.writing

    def noted(*texts: str, **how: Any) -> Any:
        steps.append("screened")
        return safety_screen.screen(*texts, **how)

    @contextmanager
    def begun() -> Iterator[Session]:
        steps.append("transaction")
        with writing() as session:
            yield session

    monkeypatch.setattr("navigator.support_cards.card_input.screen", noted)
    monkeypatch.setattr(database, "writing", begun)
    return steps
