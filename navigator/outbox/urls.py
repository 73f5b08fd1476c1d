"""URLs in messages: a private link minted for this message alone, or a page that asks staff to log in."""

from sqlmodel import Session

from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.outbox.render import current_template
from navigator.people import password_reset, private_links
from navigator.people.one_time_token import TokenPurpose
from navigator.settings import settings

PRIVATE_LINK = "/t/{token}"
CHOOSE_PASSWORD = "/password/{token}"  # noqa: S105 - a path
TICKET_PAGE = "/tickets/{number}"
CLINICAL_REVIEWS = "/clinical-reviews"
TRAINING = "/training"


def absolute_url(path: str, **parts: object) -> str:
    """The absolute URL of a path of the desk."""
    return settings().base_url.rstrip("/") + path.format(**parts)


def link_for(session: Session, message: OutboxMessage) -> str:
    """The one link in a message."""
    if message.template in set(TokenPurpose):
        token = password_reset.mint_token(session, message.recipient_id, TokenPurpose(message.template))
        return absolute_url(CHOOSE_PASSWORD, token=token)
    if current_template(message.template).startswith("clinical_review"):
        return absolute_url(CLINICAL_REVIEWS)
    if message.template.startswith("training"):
        return absolute_url(TRAINING)
    if message.ticket_number is None:
        return absolute_url("/")
    if message.recipient == Recipient.REPORTER:
        return absolute_url(PRIVATE_LINK, token=private_links.mint(session, message.ticket_number))
    return absolute_url(TICKET_PAGE, number=message.ticket_number)
