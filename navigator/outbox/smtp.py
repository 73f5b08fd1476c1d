"""SMTP backend: e-mail through a mail server, with a checked certificate, a log-in and a timeout."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from urllib.parse import urlsplit

from navigator.outbox.rendered_message import BackendUnavailable, DeliveryRefused, RenderedMessage, to_email
from navigator.settings import settings

TIMEOUT_SECONDS = 10
_PERMANENT_FROM = 500


def send(rendered: RenderedMessage) -> None:
    """Send a message by e-mail; the server's reply is not logged, as it may name the address."""
    mail = to_email(rendered)
    try:
        with _connected() as server:
            _send(server, mail, rendered.address.to)
    except smtplib.SMTPResponseException as error:
        # Our own log-in or sender was refused: no fault of the message, and a person will put it right.
        raise BackendUnavailable(f"mail server: {type(error).__name__} {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise BackendUnavailable(f"mail server: {type(error).__name__}") from None


@contextmanager
def _connected() -> Iterator[smtplib.SMTP]:
    server = _connect()
    try:
        if settings().mail_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings().mail_user:
            server.login(settings().mail_user, settings().mail_password.get_secret_value())
        yield server
        # Once the server has the mail, a failed QUIT must not send it again.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


def _connect() -> smtplib.SMTP:
    host, port = settings().mail_host, settings().mail_port
    hostname = urlsplit(settings().base_url).hostname
    if settings().mail_security == "tls":
        return smtplib.SMTP_SSL(
            host, port, hostname, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    return smtplib.SMTP(host, port, hostname, timeout=TIMEOUT_SECONDS)


def _send(server: smtplib.SMTP, mail: EmailMessage, to: str) -> None:
    try:
        server.send_message(mail, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(error.recipients[to][0]) from None
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise DeliveryRefused("mail server: takes no such address", is_permanent=True) from None


def _refused(code: int) -> DeliveryRefused:
    return DeliveryRefused(f"mail server: {code}", is_permanent=code >= _PERMANENT_FROM)
