"""Rendered message, and the interface of the backends that send it without a database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import errors, headerregistry
from email.message import EmailMessage
from email.utils import format_datetime
from secrets import token_hex
from typing import Any

from navigator.languages import ENGLISH
from navigator.outbox.addresses import Address
from navigator.outbox.correspondence import mail_from
from navigator.outbox.enclosures import EnclosedFile
from navigator.outbox.html_body import html_of
from navigator.outbox.mail_policy import MAIL
from navigator.outbox.render import RenderedText
from navigator.settings import settings


@dataclass(frozen=True)
class RenderedMessage:
    """The text, address and files of one message; `is_local_only` ones never leave this machine."""

    message_id: int
    template: str
    queued_at: datetime
    address: Address
    content: RenderedText
    is_local_only: bool
    is_large: bool = False
    files: tuple[EnclosedFile, ...] = ()
    headers: Mapping[str, Any] = field(default_factory=dict)
    language: str = ENGLISH
    tries: int = 0
    """Of a text, how often it did not arrive for now, and so is sent again."""


@dataclass(frozen=True)
class SentText:
    """A text as its carrier took it: the id there, and in how many parts it is charged."""

    provider_id: str
    parts: int


Backend = Callable[[RenderedMessage], SentText | None]
"""Sends a message, or raises DeliveryRefused or BackendUnavailable; says of a text what its carrier said."""


class DeliveryRefused(Exception):
    """The backend refused this one message, for now or permanently; the reason names no address."""

    def __init__(self, reason: str, *, is_permanent: bool) -> None:
        super().__init__(reason)
        self.is_permanent = is_permanent


class BackendUnavailable(Exception):
    """Nothing can be sent through this backend now: the server is down, or refuses our log-in."""


def to_email(rendered: RenderedMessage) -> EmailMessage:
    """Build the e-mail, in plain and in HTML; its Message-ID stays the same however often it is sent."""
    to = _recipient(rendered.address.to)
    mail = EmailMessage(policy=MAIL)
    host = mail_from()[1].rpartition("@")[2]
    mail["Message-ID"] = f"<{rendered.message_id}.{rendered.queued_at:%Y%m%d%H%M%S%f}@{host}>"
    mail["Date"] = format_datetime(rendered.queued_at)
    headers = {"From": settings().mail_from, "Auto-Submitted": "auto-generated", **rendered.headers}
    mail["From"] = headers.pop("From")
    mail["To"] = to
    if rendered.address.reply_to:
        mail["Reply-To"] = headerregistry.Address(addr_spec=rendered.address.reply_to)
    mail["Subject"] = rendered.content.subject
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(rendered.content.body)
    mail.make_alternative(boundary=token_hex(14))  # nobody can write it into the words
    mail.add_alternative(html_of(rendered.content.body, rendered.language, rendered.is_large), subtype="html")
    for file in rendered.files:
        _enclose(mail, file)
    return mail


def _recipient(to: str) -> headerregistry.Address:
    """One address, with letters of any script before its @ (RFC 6531): the server says if it takes it."""
    try:
        return headerregistry.Address(addr_spec=to)
    except errors.NonASCIILocalPartDefect:
        name, _, domain = to.rpartition("@")
        return headerregistry.Address(username=name, domain=domain)
    except (ValueError, errors.MessageError):
        raise DeliveryRefused("not an e-mail address", is_permanent=True) from None


def _enclose(mail: EmailMessage, file: EnclosedFile) -> None:
    """Attach a file; a calendar's is an alternative to the text too, where calendars look (RFC 6047)."""
    main, sub = file.media_type.split("/")
    if file.calendar_method:
        text, params = file.content.decode(), {"method": file.calendar_method}
        mail.add_alternative(text, subtype=sub, params=params)
        main, sub = "application", "ics"  # as text a second time, some would show it twice
    mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
