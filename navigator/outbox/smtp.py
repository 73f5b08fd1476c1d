"""SMTP backend: e-mail through a mail server, with a checked certificate, a log-in and a timeout."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import urlsplit

from navigator.outbox.rendered_message import BackendUnavailable, DeliveryRefused, RenderedMessage, to_email
from navigator.settings import settings

TIMEOUT_SECONDS = 10
_PERMANENT_FROM = 500
_OK, _CLOSES = 250, 421


class MailServer:
    """The mail server during one turn of the worker: its letters go by one connection.

    A server may end it whenever it likes, after so many letters for one; then the next goes by another.
    """

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None

    def send(self, rendered: RenderedMessage) -> None:
        """Send a message by e-mail; the server's reply is not logged, as it may name the address."""
        mail, to = to_email(rendered), rendered.address.to
        kept = self._server if self._server and _is_there(self._server) else None
        try:
            if kept is None or not _is_taken(kept, mail, to, is_used=True):
                self.close()
                self._server = _logged_in()
                _is_taken(self._server, mail, to)
        except smtplib.SMTPResponseException as error:
            # Our own log-in or sender was refused: no fault of the message, and a person will put it right.
            raise BackendUnavailable(f"mail server: {type(error).__name__} {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise BackendUnavailable(f"mail server: {type(error).__name__}") from None

    def close(self) -> None:
        """End the turn; what the server has it has, however it answers to that."""
        if (server := self._server) is not None:
            self._server = None
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def _is_there(server: smtplib.SMTP) -> bool:
    """Whether a connection takes another letter: asked before that begins, so that none is sent twice."""
    with suppress(smtplib.SMTPException, OSError):
        return server.rset()[0] == _OK
    return False


def _logged_in() -> smtplib.SMTP:
    """A connection by which letters may go: nobody else can read along, and the server knows who sends."""
    server = _connect()
    try:
        if settings().mail_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings().mail_user:
            server.login(settings().mail_user, settings().mail_password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def _connect() -> smtplib.SMTP:
    host, port = settings().mail_host, settings().mail_port
    hostname = urlsplit(settings().base_url).hostname
    if settings().mail_security == "tls":
        return smtplib.SMTP_SSL(
            host, port, hostname, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    return smtplib.SMTP(host, port, hostname, timeout=TIMEOUT_SECONDS)


def _is_taken(server: smtplib.SMTP, mail: EmailMessage, to: str, *, is_used: bool = False) -> bool:
    """Whether a server took a letter; False where it has had enough of a connection that `is_used`.

    Then it says 421 or refuses our sender, and has not taken the letter.
    """
    try:
        server.send_message(mail, to_addrs=[to])
    except smtplib.SMTPSenderRefused:
        if not is_used:
            raise
        return False
    except smtplib.SMTPRecipientsRefused as error:
        code = error.recipients[to][0]
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
    except smtplib.SMTPNotSupportedError:
        raise DeliveryRefused("mail server: takes no such address", is_permanent=True) from None
    else:
        return True
    if is_used and code == _CLOSES:
        return False
    raise DeliveryRefused(f"mail server: {code}", is_permanent=code >= _PERMANENT_FROM)
