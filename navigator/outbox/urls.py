"""Where a letter leads: a private link made for this letter alone, or a page that asks staff to log in."""

from sqlmodel import Session

from navigator.outbox.outbox_message import Letter, Recipient
from navigator.people import password_reset, private_links
from navigator.people.one_time_token import Purpose
from navigator.settings import settings

PRIVATE = "/t/{token}"
CHOOSE_PASSWORD = "/password/{token}"  # noqa: S105 - a path
TICKET = "/tickets/{number}"
HAND_OVERS = "/hand-overs"
TRAINING = "/training"


def address(path: str, **parts: object) -> str:
    """A path of the desk as people reach it."""
    return settings().base_url.rstrip("/") + path.format(**parts)


def link_for(session: Session, letter: Letter) -> str:
    """The one link in a letter."""
    if letter.template in set(Purpose):
        token = password_reset.mint_link(session, letter.recipient_id, Purpose(letter.template))
        return address(CHOOSE_PASSWORD, token=token)
    if letter.template.startswith("hand_over"):
        return address(HAND_OVERS)
    if letter.template.startswith("training"):
        return address(TRAINING)
    if letter.ticket_number is None:
        return address("/")
    if letter.recipient == Recipient.REPORTER:
        return address(PRIVATE, token=private_links.mint(session, letter.ticket_number))
    return address(TICKET, number=letter.ticket_number)
