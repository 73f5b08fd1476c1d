"""Where a letter leads: a private link made for this letter alone, or a page that asks staff to log in."""

from sqlmodel import Session

from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people import password_reset, private_links
from navigator.people.one_time_token import TokenPurpose
from navigator.settings import settings

PRIVATE = "/t/{token}"
CHOOSE_PASSWORD = "/password/{token}"  # noqa: S105 - a path
TICKET = "/tickets/{number}"
CLINICAL_REVIEWS = "/hand-overs"
TRAINING = "/training"


def absolute_url(path: str, **parts: object) -> str:
    """A path of the desk as people reach it."""
    return settings().base_url.rstrip("/") + path.format(**parts)


def link_for(session: Session, letter: OutboxMessage) -> str:
    """The one link in a letter."""
    if letter.template in set(TokenPurpose):
        token = password_reset.mint_token(session, letter.recipient_id, TokenPurpose(letter.template))
        return absolute_url(CHOOSE_PASSWORD, token=token)
    if letter.template.startswith("hand_over"):
        return absolute_url(CLINICAL_REVIEWS)
    if letter.template.startswith("training"):
        return absolute_url(TRAINING)
    if letter.ticket_number is None:
        return absolute_url("/")
    if letter.recipient == Recipient.REPORTER:
        return absolute_url(PRIVATE, token=private_links.mint(session, letter.ticket_number))
    return absolute_url(TICKET, number=letter.ticket_number)
