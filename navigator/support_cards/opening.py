"""Opening a support card by its code, which anybody may guess: wrong ones are counted and limited."""

from datetime import timedelta

from sqlmodel import Session

from navigator.errors import TooMany
from navigator.people import card_codes
from navigator.people.rate_limit import Limit, hit, is_used_up
from navigator.people.support_card import SupportCard, card_by_code

WRONG_CODES = Limit(30, timedelta(hours=1))
"""From one address, perhaps a whole clinic's: those who have a card are not counted, whoever guesses is."""


def open_card(session: Session, address: str, code: str) -> SupportCard | None:
    """The card of a code; None for a wrong or an ended one, which count. Refused after too many of those.

    What its check character shows to be mistyped is no guess: it is answered without a look.
    """
    if card_codes.canonical(code) is None:
        return None
    if is_used_up(session, "wrong card", address, WRONG_CODES):
        raise TooMany("Too many codes were tried from your connection. Try again in an hour.")
    card = card_by_code(session, code)
    if card is None:
        hit(session, "wrong card", address, WRONG_CODES)
    return card
