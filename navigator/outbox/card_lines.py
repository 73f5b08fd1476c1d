"""Lines of a message that are about cards: each with its label, looked up as the message is sent.

The label is its practitioner’s own words, which are kept on the card alone, and end with it.
"""

from typing import Any

from sqlmodel import Session, col, select

from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.support_card import SupportCard


def lines_of_cards(session: Session, message: OutboxMessage) -> dict[str, Any]:
    """The lines of a message with the labels of their cards; a card that is not theirs now has none."""
    if "lines" not in message.context:
        return {}
    lines = message.context["lines"]
    ids = [line["card"] for line in lines]
    query = select(SupportCard).where(
        col(SupportCard.id).in_(ids), SupportCard.pwp_id == message.recipient_id
    )
    labels = {card.id: card.label for card in session.exec(query)} if ids else {}
    return {"lines": [line | {"label": labels[line["card"]]} for line in lines if line["card"] in labels]}
