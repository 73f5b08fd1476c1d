"""Mailbox table: where the mail to a service arrives, how it is read, and what becomes of a stranger’s."""

from datetime import date
from enum import StrEnum

from sqlalchemy import false
from sqlmodel import Field

from navigator.database import Table, one_of


class MailSecurity(StrEnum):
    """How the connection to an IMAP server is protected; `none` is for a server on this machine alone."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class MailLogIn(StrEnum):
    """How the desk logs in to a mailbox."""

    PASSWORD = "password"  # noqa: S105 - a way, not a secret
    OAUTH2 = "oauth2"


class StrangersMail(StrEnum):
    """What becomes of a mail that answers no letter of ours: the form’s link as an answer, or a report."""

    LINK = "link"
    REPORT = "report"


class Mailbox(Table, table=True):
    """The mailbox of a service; its secret is sealed elsewhere.

    `address` is what people write to; with `takes_plus`, address+anything arrives in it too. Letters leave
    from it where `sends_from`. `done_folder` is where read mail is moved; without one it is marked as seen.
    `receiving_server` is the authserv-id (RFC 8601) of whoever checks senders before the mail arrives.
    """

    __table_args__ = (
        one_of("security", MailSecurity),
        one_of("log_in", MailLogIn),
        one_of("strangers", StrangersMail),
    )

    service_id: int = Field(primary_key=True, foreign_key="service.id")
    is_active: bool = False
    address: str
    takes_plus: bool = True
    sends_from: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    host: str = ""
    port: int = 993
    security: str = MailSecurity.TLS
    user: str = ""
    log_in: str = MailLogIn.PASSWORD
    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    folder: str = "INBOX"
    done_folder: str = ""
    strangers: str = StrangersMail.LINK
    receiving_server: str = ""
    owner: str = ""
    review_on: date | None = None

    @property
    def is_fetched(self) -> bool:
        """Whether the desk reads it by IMAP; else mail comes by `navigator mail lmtp` or `receive` alone."""
        return self.is_active and bool(self.host)

    def is_at(self, address: str) -> bool:
        """Whether an address is its own, or that with a plus and anything; its own may have a plus, too."""
        asked, own = address.casefold(), self.address.casefold()
        local_part, _, host = own.rpartition("@")
        return asked == own or (asked.startswith(f"{local_part}+") and asked.endswith(f"@{host}"))
