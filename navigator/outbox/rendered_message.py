"""A letter ready to go: who carries it needs no database any more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import errors, headerregistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from navigator.outbox.addresses import Address
from navigator.outbox.render import RenderedText
from navigator.settings import settings


@dataclass(frozen=True)
class RenderedMessage:
    """The words of one letter and where to take them; `stays_here` ones never leave this machine."""

    letter_id: int
    name: str
    queued_at: datetime
    address: Address
    words: RenderedText
    stays_here: bool


Backend = Callable[[RenderedMessage], None]
"""Takes a parcel where it should go, or raises Refusal or Unreachable."""


class DeliveryRefused(Exception):
    """This one letter was not taken, for now or `for_good`; the words name no address."""

    def __init__(self, words: str, *, for_good: bool) -> None:
        super().__init__(words)
        self.for_good = for_good


class BackendUnavailable(Exception):
    """Nothing can be sent this way now: the server is away, or does not know us."""


def to_email(parcel: RenderedMessage) -> EmailMessage:
    """A parcel as e-mail; its Message-ID stays the same however often it is sent."""
    try:
        to = headerregistry.Address(addr_spec=parcel.address.to)
    except (ValueError, errors.MessageError):
        raise DeliveryRefused("not an e-mail address", for_good=True) from None
    mail = EmailMessage(policy=SMTP)
    host = parseaddr(settings().mail_from)[1].rpartition("@")[2]
    mail["Message-ID"] = f"<{parcel.letter_id}.{parcel.queued_at:%Y%m%d%H%M%S%f}@{host}>"
    mail["Date"] = format_datetime(parcel.queued_at)
    mail["From"] = settings().mail_from
    mail["To"] = to
    mail["Subject"] = parcel.words.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(parcel.words.body)
    return mail
