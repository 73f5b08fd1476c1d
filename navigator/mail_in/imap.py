"""IMAP: one connection to a mailbox, in the few words that the desk needs; it deletes nothing."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from navigator.catalogue.mailbox import MailLogIn, MailSecurity
from navigator.mail_in.oauth import NoToken, access_token
from navigator.mail_in.store import BEGINNING, LARGEST, Arrived
from navigator.outgoing import Unreachable

MOST_NAMED = 200
CONNECT_SECONDS, READ_SECONDS = 10, 60
FAILURES = (OSError, IMAPClientError, ssl.SSLError, Unreachable, NoToken, ValueError)
"""What may go wrong between the desk and a mail server."""


class Refused(Exception):
    """The server does not let the desk in: the user, the secret or the folder is not right."""


class NotGiven(Exception):
    """The server lists a mail, and does not give it."""


@dataclass(frozen=True)
class Account:
    """How one mailbox is read; its repr shows no secret."""

    service_id: int
    host: str
    port: int
    security: str
    user: str
    log_in: str
    token_url: str
    client_id: str
    scope: str
    folder: str
    done_folder: str
    secret: str = field(repr=False)


@dataclass
class OpenFolder:
    """The folder of a mailbox that is open, with the validity of its UIDs."""

    client: IMAPClient
    uid_validity: int
    uid_next: int
    done_folder: str

    @property
    def can_idle(self) -> bool:
        """Whether the server says by itself when mail comes (RFC 2177)."""
        return bool(self.client.has_capability("IDLE"))

    def after(self, uid: int) -> list[int]:
        """The UIDs that came after one."""
        found = self.client.search(["UID", f"{uid + 1}:*"])  # names the last one, too, where none did
        return sorted(each for each in found if each > uid)

    def unread(self, days_ago: date, since: date | None) -> list[int]:
        """The UIDs of what nobody has read of the last days and, since a day, of all."""
        found = set(self.client.search(["UNSEEN", "SINCE", days_ago]))
        return sorted(found | set(self.client.search(["SINCE", since]) if since else ()))

    def fetch(self, uid: int) -> Arrived | None:
        """A mail as it came, or its beginning; None if it is gone."""
        size = self._ask(uid, "RFC822.SIZE").get(b"RFC822.SIZE")
        if size is None:
            if uid in self.client.search(["UID", str(uid)]):
                raise NotGiven  # it is there, and nothing is said of it
            return None
        wanted = "BODY.PEEK[]" if size <= LARGEST else f"BODY.PEEK[]<0.{BEGINNING}>"
        found = self._ask(uid, wanted)
        content = next((value for key, value in found.items() if key.startswith(b"BODY[]")), None)
        if not isinstance(content, bytes):
            raise NotGiven
        # Some servers count otherwise than they give (Exchange): whole is what was asked for whole.
        real_size = len(content) if size <= LARGEST else max(size, len(content) + 1)
        return Arrived(content, real_size, self.uid_validity, uid)

    def _ask(self, uid: int, what: str) -> dict[bytes, Any]:
        try:
            answer: dict[bytes, Any] = self.client.fetch([uid], [what]).get(uid, {})
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            raise NotGiven from None
        return answer

    def mark(self, uids: Sequence[int]) -> None:
        """Mark mails as seen and move them, where there is a folder for what was read.

        Some at a time: servers refuse lines that name thousands.
        """
        for first in range(0, len(uids), MOST_NAMED):
            self._mark(uids[first : first + MOST_NAMED])

    def _mark(self, uids: Sequence[int]) -> None:
        self.client.add_flags(uids, [b"\\Seen"], silent=True)
        if not self.done_folder:
            return
        if self.client.has_capability("MOVE"):
            self.client.move(uids, self.done_folder)
            return
        self.client.copy(uids, self.done_folder)
        self.client.add_flags(uids, [b"\\Deleted"], silent=True)
        if self.client.has_capability("UIDPLUS"):
            self.client.uid_expunge(uids)

    def wait(self, seconds: float) -> bool:
        """Wait for news from the server, no longer than so many seconds; whether there was any."""
        self.client.idle()
        try:
            return bool(self.client.idle_check(timeout=seconds))
        finally:
            with suppress(*FAILURES):
                self.client.idle_done()


@contextmanager
def opened(account: Account) -> Iterator[OpenFolder]:
    """Log in and open the folder; `Refused` where a person must put something right."""
    client = _connect(account)
    try:
        _log_in(client, account)
        yield _open(client, account)
        with suppress(*FAILURES):
            client.logout()
    finally:
        with suppress(Exception):
            client.shutdown()


def _connect(account: Account) -> IMAPClient:
    is_tls = account.security == MailSecurity.TLS
    timeout = SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    context = ssl.create_default_context() if is_tls else None
    client = IMAPClient(
        account.host, account.port, use_uid=True, ssl=is_tls, ssl_context=context, timeout=timeout
    )
    if account.security == MailSecurity.STARTTLS:
        try:
            client.starttls(ssl.create_default_context())
        except Exception:
            client.shutdown()
            raise
    return client


def _log_in(client: IMAPClient, account: Account) -> None:
    try:
        if account.log_in == MailLogIn.OAUTH2:
            token = access_token(account.token_url, account.client_id, account.secret, account.scope)
            client.oauth2_login(account.user, token)
        else:
            client.login(account.user, account.secret)
    except IMAPClientAbortError:
        raise
    except (LoginError, NoToken, IMAPClientError, UnicodeError):
        raise Refused("log-in") from None


def _open(client: IMAPClient, account: Account) -> OpenFolder:
    try:
        answer = client.select_folder(account.folder)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        raise Refused("folder") from None
    validity, following = int(answer.get(b"UIDVALIDITY", 0)), int(answer.get(b"UIDNEXT", 0) or 0)
    if not following:  # the server does not say it: what is to come has a higher UID than what is there
        following = max(client.search(["ALL"]), default=0) + 1
    return OpenFolder(client, validity, following, account.done_folder)
