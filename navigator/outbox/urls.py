"""URLs in messages: a private link minted for this message alone, or a page that asks staff to log in."""

from dataclasses import dataclass

from sqlmodel import Session

from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.outbox.render import current_template
from navigator.people import password_reset, private_links
from navigator.people.notice_subscriber import CONFIRM, NoticeSubscriber, subscriber_token
from navigator.people.one_time_token import TokenPurpose
from navigator.people.private_links import MintedLink
from navigator.people.reporter import LinkChannel
from navigator.people.support_card import SupportCard
from navigator.settings import settings

PRIVATE_LINK = "/t/{token}"
LOG_IN = "/log-in"
CHOOSE_PASSWORD = "/password/{token}"  # noqa: S105 - a path
TICKET_PAGE = "/tickets/{number}"
CLINICAL_REVIEWS = "/clinical-reviews"
CLINICAL_REVIEW = "/clinical-reviews/{id}"
TRAINING = "/training"
TODAY = "/home"
PERSON_ACCESS = "/people/{id}/access"
LOG_IN_CHANGES = {"reset_asked": "/second-step"}
ACCOUNT = "/account"
CALENDAR = "/calendar/{token}.ics"
TRAINING_SESSION = "/training/sessions/{id}"
CONFIDENCE = "/training/sessions/{id}/confidence"
REPORT = "/report"
MANAGERS_REPORT = "/insight?period=own&since={since}&until={until}"
SUPPORT_CARD = "/c/{code}"
WEBHOOK = "/settings/webhooks/endpoints/{id}"
STATUS = "/status"
PROGRAMME_STATUS = "/status/{programme}"
CONFIRM_NOTICES = "/status/confirm/{token}"
LEAVE_NOTICES = "/status/leave/{token}"


_ON_TODAY = frozenset({"log_in_fails", "programme_down", "daily_digest"})
"""Templates for staff that are about no ticket."""


def absolute_url(path: str, **parts: object) -> str:
    """The absolute URL of a path of the desk."""
    return settings().base_url.rstrip("/") + path.format(**parts)


@dataclass(frozen=True)
class Link:
    """The one link in a message; `minted` is the private link, if it is one."""

    url: str
    minted: MintedLink | None = None


def link_for(session: Session, message: OutboxMessage, channel: str, sent_to_hash: str) -> Link:
    """The link in a message that is sent by this channel to the address of this hash."""
    if page := _link_to_page(session, message):
        return Link(page)
    number = message.ticket_number or 0
    if message.recipient != Recipient.REPORTER:
        return Link(absolute_url(TICKET_PAGE, number=number))
    minted = private_links.mint_link(session, number, LinkChannel(channel), sent_to_hash)
    return Link(absolute_url(PRIVATE_LINK, token=minted.token), minted)


def _link_to_page(session: Session, message: OutboxMessage) -> str:
    """The page that is not of one ticket; empty if it is."""
    if message.template in set(TokenPurpose):
        token = password_reset.mint_token(session, message.recipient_id, TokenPurpose(message.template))
        return absolute_url(CHOOSE_PASSWORD, token=token)
    if current_template(message.template).startswith("clinical_review"):
        review_id = message.context.get("review")  # none in what was queued before a release
        return absolute_url(CLINICAL_REVIEW, id=review_id) if review_id else absolute_url(CLINICAL_REVIEWS)
    if page := _page_of(message):
        return page
    if message.recipient == Recipient.CARD:
        return absolute_url(SUPPORT_CARD, code=session.get_one(SupportCard, message.recipient_id).code)
    if message.ticket_number is None:
        return absolute_url(_without_ticket(session, message))
    return ""


def _page_of(message: OutboxMessage) -> str:
    """The page of a letter to staff that is about no one thing; empty for others."""
    if message.template == "log_in_changed":
        return absolute_url(LOG_IN_CHANGES.get(message.context["what"], ACCOUNT))
    if message.template == "reset_waits":
        return absolute_url(PERSON_ACCESS, id=message.context["person"])
    if message.template == "managers_report":
        return absolute_url(MANAGERS_REPORT, **message.context["days"])
    if message.template.startswith("webhook"):
        return absolute_url(WEBHOOK, id=message.context["endpoint"])
    return _link_to_training(message) if message.template.startswith("training") else ""


def _without_ticket(session: Session, message: OutboxMessage) -> str:
    if message.recipient == Recipient.REPORTER:
        return REPORT
    if message.template == "notice_confirm":
        subscriber = session.get_one(NoticeSubscriber, message.recipient_id)
        return CONFIRM_NOTICES.format(token=subscriber_token(CONFIRM, subscriber))
    if message.recipient == Recipient.SUBSCRIBER:
        return PROGRAMME_STATUS.format(programme=message.context["programme"])
    if message.template == "invite_by_provider":
        return LOG_IN
    return TODAY if message.template in _ON_TODAY else "/"


def _link_to_training(message: OutboxMessage) -> str:
    session_id = message.context.get("training_session")  # none in an answer, or before a release
    if session_id is None:
        return absolute_url(TRAINING)
    asks = message.template in ("training_after", "training_later")
    return absolute_url(CONFIDENCE if asks else TRAINING_SESSION, id=session_id)
